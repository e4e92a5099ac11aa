using System.Collections.Immutable;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Planning;

/// <summary>Which of the known agents a task asks to probe.</summary>
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
        var chosen = snapshot.Agents.Where(agent => selector.Matches(
            labels.GetValueOrDefault(agent.NodeName) ?? ImmutableDictionary<string, string>.Empty.Add(HostName, agent.NodeName))).ToImmutableArray();
        if (chosen.IsEmpty)
            leftOut.Add(new(Channel.Dns, null, $"no agent runs on a node with the labels of sourceAgentNodeSelector ({selector}); kubectl get nodes --show-labels tells which labels there are"));
        else if (chosen.Length < snapshot.Agents.Length)
            notes.Add($"{chosen.Length} of {snapshot.Agents.Length} agents ask: those on nodes with the labels of sourceAgentNodeSelector ({selector})");
        return chosen;
    }
}
