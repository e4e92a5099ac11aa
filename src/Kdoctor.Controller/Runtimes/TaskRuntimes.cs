using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Controller.Objects;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Runtimes;

/// <summary>
/// Tasks' own agents in a cluster. What should be is compared with what is followed of the cluster; only what differs is written, with the version that
/// was seen, so that a look at stale facts changes nothing.
/// 1. The default agents' objects are the template.
/// 2. Each object that is missing is made; one that is another task's, by an older uid, goes first; one that is nobody's is a problem.
/// 3. Each object that is not as it was last written is written again.
/// 4. What the task no longer wants is removed.
/// </summary>
internal sealed partial class TaskRuntimes(ClusterWatch watch, KubernetesObjects objects, TimeProvider time, ILogger<TaskRuntimes> logger) : ITaskRuntimes, IDisposable
{
    // Agents that take longer are said to be created although some are missing: the round will say who.
    private static readonly TimeSpan LongCreation = TimeSpan.FromSeconds(60);

    private readonly ILogger logger = logger;

    // One entry per task with agents of its own.
    private readonly ConcurrentDictionary<string, TaskKey> tasks = new(StringComparer.Ordinal);
    private readonly HostPorts hostPorts = new();
    private readonly RuntimeWrites writes = new(objects, watch.Namespace);
    private bool listening;

    /// <inheritdoc/>
    public event Action<TaskKey>? Changed;

    /// <inheritdoc/>
    public void Dispose() => watch.Changed -= Tell;

    /// <inheritdoc/>
    public async Task<RuntimeState> KeepAsync(TaskDefinition task, CancellationToken cancellation)
    {
        Listen();
        var name = RuntimeNames.Of(task);
        tasks[name] = new TaskKey(task.Kind, task.Name);
        string? problem;
        try
        {
            problem = await MakeAsync(task, name, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused)
        {
            problem = refused.Message;
        }
        if (problem is not null)
            LogProblem(task.Name, problem);
        return new RuntimeState(ResourceOf(task, name), problem);
    }

    /// <inheritdoc/>
    public async Task<RuntimeState> RemoveAsync(TaskKey task, string uid, TaskResourceStatus known, CancellationToken cancellation)
    {
        var name = known.RuntimeName ?? RuntimeNames.Of(task.Kind.ToString(), task.Name);
        tasks.TryRemove(name, out _);
        hostPorts.Forget(name);
        string? problem = null;
        try
        {
            foreach (var found in Found(name).Where(found => RuntimeWrites.IsOf(found.Stored, uid)))
                await writes.DeleteAsync(found, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused)
        {
            problem = refused.Message;
            LogProblem(task.Name, problem);
        }
        var gone = new TaskResourceStatus
        {
            RuntimeName = name,
            RuntimeType = known.RuntimeType,
            ServiceNameV4 = known.ServiceNameV4,
            ServiceNameV6 = known.ServiceNameV6,
            RuntimeStatus = problem is null ? "deleted" : known.RuntimeStatus,
        };
        return new RuntimeState(gone, problem);
    }

    /// <inheritdoc/>
    public void Forget(TaskKey task)
    {
        foreach (var (name, _) in tasks.Where(entry => entry.Value == task).ToList())
        {
            tasks.TryRemove(name, out _);
            hostPorts.Forget(name);
        }
    }

    private async Task<string?> MakeAsync(TaskDefinition task, string name, CancellationToken cancellation)
    {
        // 1. The template.
        if (watch.DaemonSets.Known.GetValueOrDefault(ClusterNames.Agent) is not { } agents)
            return $"there is no DaemonSet {ClusterNames.Agent} in namespace {watch.Namespace} to make agents like; kdoctor install makes it";
        var template = new RuntimeTemplate(
            agents.Stored,
            watch.Services.Known.GetValueOrDefault(ClusterNames.AgentServiceV4)?.Stored,
            watch.Services.Known.GetValueOrDefault(ClusterNames.AgentServiceV6)?.Stored,
            watch.Ingresses.Known.GetValueOrDefault(ClusterNames.Agent)?.Stored);

        AgentPorts? ports = null;
        if (task.OwnAgents!.HostNetwork && (ports = hostPorts.Of(name, watch.DaemonSets.Known.Values.Concat(watch.Deployments.Known.Values))) is null)
            return $"all ports from {ClusterPorts.HostFirst} to {ClusterPorts.HostLast} are taken by the agents of other tasks in the host's network; remove some, or leave hostNetwork out";

        // 2. and 3. What is wanted.
        var found = Found(name).ToDictionary(found => (found.Kind, found.Name), found => found.Stored);
        string? problem = null;
        foreach (var wanted in new RuntimeObjects(task, template, watch.Namespace, ports).All())
        {
            found.Remove((wanted.Kind, wanted.Name), out var stored);
            problem ??= await writes.MendAsync(wanted, stored, task, cancellation).ConfigureAwait(false);
        }

        // 4. What is not.
        foreach (var ((kind, leftover), stored) in found)
        {
            if (RuntimeWrites.IsOf(stored, task.Uid))
                await writes.DeleteAsync((kind, leftover, stored), cancellation).ConfigureAwait(false);
        }
        return problem ?? (RuntimeObjects.WantsIngress(task) && template.Ingress is null
            ? $"there is no Ingress {ClusterNames.Agent} in namespace {watch.Namespace} to make the task's like" : null);
    }

    private IEnumerable<(RuntimeKind Kind, string Name, JsonObject Stored)> Found(string name)
    {
        if (watch.DaemonSets.Known.GetValueOrDefault(name) is { } daemonSet)
            yield return (RuntimeKind.DaemonSet, name, daemonSet.Stored);
        if (watch.Deployments.Known.GetValueOrDefault(name) is { } deployment)
            yield return (RuntimeKind.Deployment, name, deployment.Stored);
        foreach (var service in new[] { RuntimeNames.ServiceV4(name), RuntimeNames.ServiceV6(name) })
        {
            if (watch.Services.Known.GetValueOrDefault(service) is { } found)
                yield return (RuntimeKind.Service, service, found.Stored);
        }
        if (watch.Ingresses.Known.GetValueOrDefault(name) is { } ingress)
            yield return (RuntimeKind.Ingress, name, ingress.Stored);
    }

    private TaskResourceStatus ResourceOf(TaskDefinition task, string name)
    {
        var deployment = task.OwnAgents!.Kind == "Deployment";
        var workload = (deployment ? watch.Deployments : watch.DaemonSets).Known.GetValueOrDefault(name);
        var made = (DateTimeOffset?)workload?.Stored["metadata"]?["creationTimestamp"]?.GetValue<DateTimeOffset>();
        var created = workload is { Ready: > 0 } or { Replicas: 0 } && (workload.Ready >= workload.Wanted || time.GetUtcNow() - made >= LongCreation);
        return new TaskResourceStatus
        {
            RuntimeName = name,
            RuntimeType = task.OwnAgents.Kind,
            ServiceNameV4 = watch.Services.Known.ContainsKey(RuntimeNames.ServiceV4(name)) ? RuntimeNames.ServiceV4(name) : null,
            ServiceNameV6 = watch.Services.Known.ContainsKey(RuntimeNames.ServiceV6(name)) ? RuntimeNames.ServiceV6(name) : null,
            RuntimeStatus = created ? "created" : "creating",
        };
    }

    private void Listen()
    {
        if (listening)
            return;
        listening = true;
        watch.Changed += Tell;
    }

    // Without a name anything may have changed: the template, or a whole list.
    private void Tell(string? runtime)
    {
        if (tasks.IsEmpty)
            return;
        foreach (var (name, task) in tasks)
        {
            if (runtime is null || runtime == name)
                Changed?.Invoke(task);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The own agents of task {Task} are not as they should be: {Problem}")]
    private partial void LogProblem(string task, string problem);
}
