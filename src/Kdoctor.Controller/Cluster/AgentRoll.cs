using System.Collections.Immutable;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Cluster;

/// <summary>
/// Who should take part in a round of one workload's agents. Pure.
/// 1. Every pod of it that is not on its way out is an agent: two on one node are two. One that does not run, on a node that is not ready say, is
///    an agent that is absent, with the reason; unless its stream is open, which proves more than what is said about it.
/// 2. A node that a DaemonSet wants a pod on and that has none is an agent that is absent; so is a Deployment's replica without a pod, of which so
///    many are listed and the last stands for the rest. A pod that was made or taken away within the last minute is one that changes, and no fault.
/// 3. Nodes that the DaemonSet itself leaves out are no blind spot of ours, and are named once.
/// </summary>
internal sealed class AgentRoll(WorkloadFacts? workload, IReadOnlyDictionary<string, NodeFacts> nodes, Func<string, bool> isConnected, DateTimeOffset now, IReadOnlyCollection<PodFacts>? gone = null)
{
    // A pod of that age that is not connected may just be dialling, and one that is not ready may be so soon.
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(60);

    // Until every node knows that a pod is ready, its Service leads to it from some nodes only, or nowhere. A round that can wait waits for the shorter
    // time; a backend is missed only after the longer one.
    private static readonly TimeSpan KnownEverywhere = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SurelyKnownEverywhere = TimeSpan.FromSeconds(10);
    private const int NodesNamed = 5;

    // Missing replicas of a Deployment, whose number is somebody's to choose.
    private const int ReplicasListed = 100;

    /// <summary>The agents, by node and name, and what a reader of the report needs to know.</summary>
    public (ImmutableArray<AgentInfo> Agents, ImmutableArray<string> Notes) Call(IEnumerable<PodFacts> pods)
    {
        var all = pods.ToList();

        // 1. Pods. One that is being deleted takes no further round, even while its stream is open.
        var living = all.Where(pod => !pod.Terminating && !pod.Ended && (pod.Node is not { } node || nodes.ContainsKey(node) || isConnected(pod.Uid))).ToList();
        var agents = living.Select(Agent).ToList();

        // 2. Who is missing.
        var occupied = Occupied(living);
        agents.AddRange(workload switch
        {
            null => [],
            { Replicas: { } replicas } => MissingReplicas(workload, replicas, living, all),
            _ => nodes.Values.Where(node => !occupied.Contains(node.Name) && NodeFit.Excluded(node, workload) is null).Select(node => MissingOn(workload, node, all)),
        });
        return ([.. agents.OrderBy(agent => agent.NodeName, StringComparer.Ordinal).ThenBy(agent => agent.Name, StringComparer.Ordinal)], Notes(living));
    }

    private static HashSet<string> Occupied(List<PodFacts> living) => [.. living.Select(pod => pod.Node).OfType<string>()];

    private AgentInfo Agent(PodFacts pod)
    {
        var node = pod.Node is { } name ? nodes.GetValueOrDefault(name) : null;
        var connected = isConnected(pod.Uid);
        var absence = connected ? null : pod.Trouble?.Reason ?? node?.Trouble;
        if (absence is not null && pod.Trouble is not null && node?.Trouble is { } sick)
            absence = $"{absence}; {sick}";
        return new AgentInfo(pod.Uid, pod.Name, pod.Node ?? AgentInfo.NoNode, connected, AddressesOf(pod, node))
        {
            Absence = absence,
            Changing = absence is not null && node?.Trouble is null && pod.Trouble is { Passing: true } && now - pod.Created < Youth,
            MayCome = IsComing(pod, node, connected),
            IsBackend = pod.Ready && !pod.Terminating && now - pod.ReadySince >= SurelyKnownEverywhere,
        };
    }

    private bool IsComing(PodFacts pod, NodeFacts? node, bool connected)
    {
        if (now - pod.Created >= Youth || !(pod.Trouble?.Passing ?? node?.Trouble is null))
            return false;
        return !connected || !pod.Ready || now - pod.ReadySince < KnownEverywhere;
    }

    // In the host's network a pod of some versions knows one of its node's addresses only.
    private static ImmutableArray<EchoAddress> AddressesOf(PodFacts pod, NodeFacts? node)
    {
        var own = pod.HostNetwork && pod.Ips.Length > 0 ? pod.Ips.Concat(node?.Ips ?? []).DistinctBy(EchoAddress.FamilyOf) : pod.Ips;
        return [.. own.Select(ip => new EchoAddress(EchoAddress.PrimaryNetwork, ip, pod.EchoPort)),
            .. pod.Networks.Interfaces.Select(further => new EchoAddress(further.Interface, further.Ip, pod.EchoPort))];
    }

    private AgentInfo MissingOn(WorkloadFacts workload, NodeFacts node, List<PodFacts> all)
    {
        var leaving = all.FirstOrDefault(pod => pod.Node == node.Name);
        var last = leaving ?? (gone ?? []).Where(pod => pod.Node == node.Name).MaxBy(pod => pod.DeletedAt);
        var why = node.Trouble ?? leaving?.Trouble?.Reason ?? $"there is no pod of DaemonSet {workload.Name} on it; kubectl describe daemonset {workload.Name} tells why";
        return Missing(workload, node.Name, node.Name, why, node.Trouble is null && leaving is not { Ended: true }) with
        {
            // One that had ended of itself before it was taken away was not replaced: it broke.
            Changing = node.Trouble is null && last is { EndedFirst: false, DeletedAt: { } at } && now - at < Youth,
        };
    }

    private static IEnumerable<AgentInfo> MissingReplicas(WorkloadFacts workload, int replicas, List<PodFacts> living, List<PodFacts> all)
    {
        var ended = all.FirstOrDefault(pod => pod.Ended);
        for (var number = living.Count + 1; number <= replicas; number++)
        {
            // The last one that is listed stands for all after it.
            var what = FormattableString.Invariant($"replica-{number}");
            if (number - living.Count == ReplicasListed && number < replicas)
                what = FormattableString.Invariant($"{what}..{number = replicas}");
            yield return Missing(workload, what, AgentInfo.NoNode, ended?.Trouble?.Reason ?? FormattableString.Invariant($"Deployment {workload.Name} has {living.Count} of {replicas} pods"), true);
        }
    }

    private static AgentInfo Missing(WorkloadFacts workload, string what, string node, string why, bool mayCome) =>
        new($"missing:{workload.Name}/{what}", $"{workload.Name}@{what}", node, Connected: false, []) { Absence = why, MayCome = mayCome };

    private ImmutableArray<string> Notes(List<PodFacts> living)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        var occupied = Occupied(living);
        var excluded = workload is null or { Replicas: not null } ? [] : nodes.Values
            .Where(node => !occupied.Contains(node.Name))
            .Select(node => (node.Name, Why: NodeFit.Excluded(node, workload)))
            .Where(node => node.Why is not null)
            .OrderBy(node => node.Name, StringComparer.Ordinal)
            .ToList();
        if (excluded.Count > 0)
            notes.Add($"{Nodes(excluded.Count)} no agents by the wish of DaemonSet {workload!.Name}: {Listed(excluded.Select(node => $"{node.Name}: {node.Why}").ToList())}");
        var sick = nodes.Values.Where(node => node.Trouble is not null).OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name}: {node.Trouble}").ToList();
        if (sick.Count > 0)
            notes.Add($"not ready when the round was planned: {Listed(sick)}");
        var unread = living.Where(pod => pod.Networks.Problem is not null).Select(pod => $"{pod.Name}: {pod.Networks.Problem}").ToList();
        if (unread.Count > 0)
            notes.Add($"further interfaces that cannot be known: {Listed(unread)}");
        return notes.ToImmutable();
    }

    private static string Nodes(int count) => count == 1 ? "1 node has" : FormattableString.Invariant($"{count} nodes have");

    private static string Listed(List<string> entries) =>
        string.Join("; ", entries.Take(NodesNamed)) + (entries.Count > NodesNamed ? FormattableString.Invariant($"; and {entries.Count - NodesNamed} more") : "");
}
