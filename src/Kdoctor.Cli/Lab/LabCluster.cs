using System.Collections.Immutable;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Cli.Lab;

/// <summary>The lab as the controller sees it: its own agents, which should always be there, and whoever has joined from elsewhere.</summary>
internal sealed class LabCluster(RememberedAgents agents) : IClusterView
{
    private ImmutableArray<AgentInfo> own = [];
    private LabServices? services;

    private ImmutableArray<string> notes = [];

    /// <summary>Tells of the lab's parts once they are there.</summary>
    public void Furnish(ImmutableArray<AgentInfo> ownAgents, LabServices standIns, ImmutableArray<string> placeNotes)
    {
        own = ownAgents;
        services = standIns;
        notes = placeNotes;
    }

    /// <inheritdoc/>
    public ClusterSnapshot Snapshot(TaskDefinition task)
    {
        var ownIds = own.Select(agent => agent.Id).ToHashSet(StringComparer.Ordinal);
        return new ClusterSnapshot
        {
            Agents = [.. own, .. agents.Expected.Where(agent => !ownIds.Contains(agent.Id))],
            Nodes = services?.Nodes ?? [],
            Service = services?.Service,
            Ingress = services?.Ingress,
            Notes = notes,
        };
    }
}
