using System.Collections.Immutable;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Cluster;

/// <summary>The cluster as one task's agents see it, from what is followed of it.</summary>
internal sealed class KubernetesClusterView(ClusterWatch watch, IConnectedAgents agents, TimeProvider time) : IClusterView
{
    /// <inheritdoc/>
    public ClusterSnapshot Snapshot(TaskDefinition task)
    {
        var name = task.OwnAgents is null ? ClusterNames.Agent : RuntimeNames.Of(task);
        var connected = agents.Connected.Select(agent => agent.Id).ToHashSet(StringComparer.Ordinal);
        var nodes = watch.Nodes.Known;
        var workload = watch.DaemonSets.Known.GetValueOrDefault(name) ?? watch.Deployments.Known.GetValueOrDefault(name);
        List<PodFacts> pods = [.. watch.Pods.Known.Values.Where(pod => pod.Part == name)];
        var (roll, notes) = new AgentRoll(workload, nodes, connected.Contains, time.GetUtcNow(), [.. watch.Gone.All.Where(pod => pod.Part == name)]).Call(pods);
        if (workload is null)
            notes = notes.Add($"there is no DaemonSet {name} in namespace {watch.Namespace}: only the agents that are there take part");
        List<ServiceFacts> services = [.. new[] { RuntimeNames.ServiceV4(name), RuntimeNames.ServiceV6(name) }.Select(watch.Services.Known.GetValueOrDefault).OfType<ServiceFacts>()];
        var backendNodes = pods.Where(pod => pod is { Ready: true, Terminating: false }).Select(pod => pod.Node).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return new ClusterSnapshot
        {
            Agents = roll,
            Nodes = ServiceRoll.Nodes(services, nodes.Values, backendNodes),
            Service = ServiceRoll.Service(services),
            Ingress = ServiceRoll.Ingress(watch.Ingresses.Known.GetValueOrDefault(name), services),
            Notes = notes,
        };
    }

    /// <inheritdoc/>
    public Aftermath After(RoundPlan plan) => AgentFates.Of(plan, watch.Pods.Known, watch.Gone);
}
