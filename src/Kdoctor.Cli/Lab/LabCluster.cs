using System.Collections.Immutable;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Cli.Lab;

/// <summary>The lab as the controller sees it: its own agents, which should always be there, and whoever has joined from elsewhere.</summary>
internal sealed class LabCluster(RememberedAgents agents) : IClusterView
{
    private const string NoOwnAgents = "agentSpec has no effect in a lab, which has no pods to make: its own agents probe";

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
        var expected = agents.Expected;
        var ownIds = own.Select(agent => agent.Id).ToHashSet(StringComparer.Ordinal);
        var connected = Connected(expected);
        return new ClusterSnapshot
        {
            Agents = [.. own.Concat(expected.Where(agent => !ownIds.Contains(agent.Id))).Select(agent => agent with { IsBackend = connected.Contains(agent.Id) })],
            Nodes = services?.Nodes ?? [],
            Service = services?.Service,
            Ingress = services?.Ingress,
            Notes = task.OwnAgents is null ? notes : notes.Add(NoOwnAgents),
        };
    }

    /// <inheritdoc/>
    public Aftermath After(RoundPlan plan)
    {
        var connected = Connected(agents.Expected);
        return new Aftermath { Unsteady = [.. plan.Agents.Select(agent => agent.Agent.Id).Where(id => !connected.Contains(id))] };
    }

    // The lab's services lead to whoever is connected.
    private static HashSet<string> Connected(IEnumerable<AgentInfo> known) => [.. known.Where(agent => agent.Connected).Select(agent => agent.Id)];
}
