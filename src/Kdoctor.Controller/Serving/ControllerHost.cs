using k8s;
using Kdoctor.ApiServer.Resources;
using Kdoctor.Controller.Cluster;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.ReportApi;
using Kdoctor.Controller.Sessions;
using Kdoctor.Core.Planning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary>
/// The controller, ready to be put into a process: the lab's, or its own.
/// 1. Rounds that were running are taken up again.
/// 2. Tasks are followed; once all are known, what the store holds of tasks that are gone is removed.
/// 3. Tasks are looked at, one at a time, whenever they or their rounds change or the clock says so.
/// 4. The store is pruned now and then.
/// </summary>
public sealed partial class ControllerHost : IAsyncDisposable, IConnectedAgents
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly ControllerOptions options;
    private readonly ControllerParts parts;
    private readonly Kubernetes kubernetes;
    private readonly TaskCache cache = new();
    private readonly AgentSessions sessions;
    private readonly RoundCollector collector;
    private readonly TaskInformer informer;
    private readonly TaskReconciler reconciler;
    private readonly WorkQueue<TaskKey> queue;
    private readonly ReportReader reports;
    private readonly AgentControlService service;
    private readonly ILogger<ControllerHost> logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Dictionary<TaskKey, TimeSpan> retries = [];
    private Task running = Task.CompletedTask;

    /// <summary>Puts a controller together; nothing runs yet.</summary>
    /// <exception cref="ArgumentException">Options are wrong; the message names every problem.</exception>
    public ControllerHost(ControllerOptions options, ControllerParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        (this.options, this.parts) = (options, parts);
        logger = parts.Logs.CreateLogger<ControllerHost>();
        kubernetes = new Kubernetes(parts.Kubernetes);
        var api = new KubernetesTaskApi(new KubernetesObjects(kubernetes));
        sessions = new AgentSessions(options.Sessions.MaxAgents);
        var inputs = new KubernetesRoundInputs(kubernetes, options.Objects, parts.Time);
        collector = new RoundCollector(parts.Store, sessions, options.Collector, parts.Time, parts.Logs.CreateLogger<RoundCollector>()) { Inputs = inputs };
        queue = new WorkQueue<TaskKey>(options.Reconciler.MaxTasks, parts.Time);
        informer = new TaskInformer(api, cache, TaskChanged, parts.Time, parts.Random, parts.Logs.CreateLogger<TaskInformer>());
        service = new AgentControlService(parts.Agents, sessions, collector, options.Sessions, parts.ControllerAddresses, parts.Time, parts.Logs.CreateLogger<AgentControlService>());
        var view = parts.ClusterView(this);
        reconciler = new TaskReconciler(cache, api, parts.Store, collector, sessions, view, options.Reconciler, parts.Time, parts.Logs.CreateLogger<TaskReconciler>()) 
        {
            Inputs = inputs,
            OwnAgents = parts.Runtimes is { } own ? new OwnAgents(own, new TaskEvents(new KubernetesObjects(kubernetes), parts.Time, parts.Logs.CreateLogger<TaskEvents>()), parts.Time) : null,
        };
        parts.Runtimes?.Changed += Enqueue;
        var documents = new ReportDocuments(cache, parts.Store, collector, options.Reconciler.Limits, options.MeasurementsListed, parts.Time, parts.Logs.CreateLogger<ReportDocuments>());
        reports = new ReportReader(cache, documents, parts.Time, parts.Logs.CreateLogger<ReportReader>());
        Reports = ReportResource.Create(reports);
        collector.Changed += Requeue;
        collector.Changed += reports.RoundChanged;
        collector.Changed += notice => RoundChanged?.Invoke(notice);
    }

    /// <inheritdoc/>
    public event Action? Changed
    {
        add => sessions.Changed += value;
        remove => sessions.Changed -= value;
    }

    /// <summary>Raised after every change of a round; handlers must be quick.</summary>
    public event Action<RoundNotice>? RoundChanged;

    /// <summary>
    /// The KdoctorReport resource, for the API server that serves it. Lists and watches show reports of few measurements
    /// (<see cref="ControllerOptions.MeasurementsListed"/>) whole, and larger ones without <c>latestRoundReport</c> and <c>channels</c>; a get always shows all.
    /// </summary>
    public ApiResource Reports { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<AgentInfo> Connected => sessions.Connected;

    /// <summary>The controller's loops, once it has started; they end only when it is stopped, or by a defect.</summary>
    internal Task Running => running;

    internal RoundCollector Collector => collector;

    internal AgentSessions Sessions => sessions;

    /// <summary>Adds what the agents' gRPC service needs to a web application that is being built.</summary>
    public static void AddAgentService(IServiceCollection services, ControllerHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = host.options.Sessions.MaxMessageBytes;
            grpc.EnableDetailedErrors = false;
        });
        services.AddSingleton(host.service);
    }

    /// <summary>Maps the agents' gRPC service; its listener must speak HTTP/2 over TLS (<see cref="AgentListener.Configure"/>).</summary>
    public static void MapAgentService(IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<AgentControlService>();

    /// <summary>Starts; returns once every task is known.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        // 1. and 2.
        await collector.ResumeAsync().ConfigureAwait(false);
        var following = informer.RunAsync(stopping.Token);
        try
        {
            await informer.Synced.WaitAsync(cancellation).ConfigureAwait(false);
            await ForgetAsync(cancellation).ConfigureAwait(false);
            foreach (var key in cache.Keys)
                await reports.PublishAsync(key, cancellation).ConfigureAwait(false);
        }
        finally
        {
            // 3. and 4.
            running = Task.WhenAll(following, WorkAsync(), PruneAsync(), reports.RunAsync(stopping.Token));
        }
        LogStarted(parts.Store.InstallationId, cache.Keys.Count);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        sessions.EndAll("the controller stops");
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await collector.DisposeAsync().ConfigureAwait(false);
        queue.Dispose();
        reports.Dispose();
        kubernetes.Dispose();
        stopping.Dispose();
    }

    private void TaskChanged(TaskKey key)
    {
        // The load of a task that is gone stops now, however many tasks wait to be looked at.
        if (TaskCache.IsGone(cache.Find(key)))
            collector.StopLoad(key.Kind.ToString(), key.Name);
        Enqueue(key);
        reports.TaskChanged(key);
    }

    private void Enqueue(TaskKey key)
    {
        if (!queue.Add(key))
            LogFull(key, options.Reconciler.MaxTasks);
    }

    private void Requeue(RoundNotice notice)
    {
        if (notice.Event is not (RoundEvent.Progressed or RoundEvent.Removed) && Enum.TryParse<Core.Tasks.TaskKind>(notice.TaskKind, out var kind))
            Enqueue(new TaskKey(kind, notice.TaskName));
    }

    // Tasks that were deleted while no controller ran.
    private async Task ForgetAsync(CancellationToken cancellation)
    {
        var live = cache.Keys.Select(key => cache.Find(key)?["metadata"]?["uid"]?.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        foreach (var uid in await parts.Store.TaskUidsAsync(cancellation).ConfigureAwait(false))
        {
            if (!live.Contains(uid))
                await collector.RemoveTaskAsync(uid).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                var key = await queue.TakeAsync(stopping.Token).ConfigureAwait(false);
                if (await ReconcileAsync(key).ConfigureAwait(false) is { } again && !queue.AddAt(key, again))
                    LogFull(key, options.Reconciler.MaxTasks);
                queue.Done(key);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task<DateTimeOffset?> ReconcileAsync(TaskKey key)
    {
        try
        {
            var again = await reconciler.ReconcileAsync(key, stopping.Token).ConfigureAwait(false);
            retries.Remove(key);
            return again;
        }
#pragma warning disable CA1031 // One task's trouble must not stop the others; it is looked at again.
        catch (Exception failed) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var delay = retries.TryGetValue(key, out var last) ? last * 2 : FirstRetry;
            retries[key] = delay < LongestRetry ? delay : LongestRetry;
            LogFailed(failed, key, retries[key]);
            return parts.Time.GetUtcNow() + retries[key];
        }
    }

    private async Task PruneAsync()
    {
        using var timer = new PeriodicTimer(options.PruneEvery, parts.Time);
        try
        {
            do
            {
                try
                {
                    var removed = await parts.Store.PruneAsync(parts.Time.GetUtcNow(), stopping.Token).ConfigureAwait(false);
                    if (removed > 0)
                        LogPruned(removed);
                }
#pragma warning disable CA1031 // Pruning is tried again next time.
                catch (Exception failed) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    LogPruneFailed(failed);
                }
            }
            while (await timer.WaitForNextTickAsync(stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The controller of installation {Installation} serves {Count} tasks")]
    private partial void LogStarted(string installation, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Task} waits: more than {Limit} tasks are queued")]
    private partial void LogFull(TaskKey task, int limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Task} could not be looked at; again in {Delay}")]
    private partial void LogFailed(Exception error, TaskKey task, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} old rounds were pruned")]
    private partial void LogPruned(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not be pruned")]
    private partial void LogPruneFailed(Exception error);
}
