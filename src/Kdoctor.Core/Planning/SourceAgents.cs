using System.Collections.Immutable;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Planning;

/// <summary>Which of the known agents a task asks to probe. One that is on no node yet may come to any: it is planned, and missed like every other that does not come.</summary>
internal static class SourceAgents
{
    // The label by which Kubernetes itself tells nodes apart; a host outside it has this one alone.
    private const string HostName = "kubernetes.io/hostname";

    public static ImmutableArray<AgentInfo> Of(
        NodeSelector? selector, ClusterSnapshot snapshot, ImmutableArray<string>.Builder notes, ImmutableArray<LeftOut>.Builder leftOut)
    {
        if (selector is null || selector.Requirements.IsEmpty)
            return snapshot.Agents;
        var labels = snapshot.Nodes.ToDictionary(node => node.Name, node => node.Labels, StringComparer.Ordinal);
        var homeless = snapshot.Agents.Count(agent => agent.NodeName == AgentInfo.NoNode);
        var chosen = snapshot.Agents.Where(agent => agent.NodeName == AgentInfo.NoNode || selector.Matches(
            labels.GetValueOrDefault(agent.NodeName) ?? ImmutableDictionary<string, string>.Empty.Add(HostName, agent.NodeName))).ToImmutableArray();
        if (chosen.Length == homeless)
            leftOut.Add(new(Channel.Dns, null, $"no agent runs on a node with the labels of sourceAgentNodeSelector ({selector}); kubectl get nodes --show-labels tells which labels there are"));
        else if (chosen.Length < snapshot.Agents.Length)
            notes.Add($"{chosen.Length - homeless} of {snapshot.Agents.Length} agents ask: those on nodes with the labels of sourceAgentNodeSelector ({selector})");
        if (homeless > 0)
            notes.Add($"agents that are on no node yet: {homeless}; sourceAgentNodeSelector cannot leave them out, and they are missed");
        return chosen;
    }
}
