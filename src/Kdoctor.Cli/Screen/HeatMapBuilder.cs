using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Screen;

/// <summary>
/// Lays a report's targets out as heat maps: one per channel and family whose targets belong to an agent or a node, and one for all the
/// addresses that belong to the whole cluster. A cell that holds several targets (an agent's further interfaces) shows the worst.
/// </summary>
internal sealed class HeatMapBuilder
{
    private readonly IReadOnlyList<AgentReport> agents;
    private readonly ReportExpectation expect;
    private readonly string[] rows;

    // One agent on each node, as in a DaemonSet: people know the nodes, and pods have names by chance.
    private readonly bool byNode;

    public HeatMapBuilder(KdoctorReport report)
    {
        agents = report.Report.LatestRoundReport;
        expect = ReportExpectation.Of(report.Task);
        var shared = agents.GroupBy(agent => agent.PodName, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        byNode = agents.All(agent => agent.NodeName.Length > 0) && agents.DistinctBy(agent => agent.NodeName, StringComparer.Ordinal).Count() == agents.Count;
        rows = [.. agents.Select(agent => byNode ? agent.NodeName : shared.Contains(agent.PodName) ? agent.AgentId : agent.PodName)];
    }

    private string AgentOf => byNode ? "the agent on node" : "agent";

    public IEnumerable<HeatMap> Build()
    {
        var groups = agents
            .SelectMany(agent => agent.Measurements?.RoundTaskDetail ?? [])
            .Select(target => (target.Channel, target.Family, By: KeyOf(target).By))
            .Distinct()
            .ToList();
        foreach (var (channel, family, by) in groups.Where(group => group.By != Keyed.Address))
            yield return by == Keyed.Agent ? AgentMap(channel, family) : NodeMap(channel, family);
        if (groups.Any(group => group.By == Keyed.Address))
            yield return AddressMap(groups.Where(group => group.By == Keyed.Address).Select(group => $"{group.Channel} {group.Family}".TrimEnd()));
    }

    private HeatMap AgentMap(string channel, string? family)
    {
        // Every agent has its column, so that one without an address of this family shows as not probed.
        var columns = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows)
            columns.TryAdd(row, columns.Count);
        return Fill($"{channel} {family}: from {AgentOf} (row) to {AgentOf} (column)", columns,
            target => target.Channel == channel && target.Family == family && KeyOf(target).By == Keyed.Agent);
    }

    private HeatMap NodeMap(string channel, string? family)
    {
        bool Wanted(TargetReport target) => target.Channel == channel && target.Family == family && KeyOf(target).By == Keyed.Node;
        var seen = agents.SelectMany(agent => agent.Measurements?.RoundTaskDetail ?? []).Where(Wanted).Select(target => target.DestinationNode!).ToHashSet(StringComparer.Ordinal);
        var columns = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in byNode && seen.IsSubsetOf(rows) ? rows : [])
            columns.Add(row, columns.Count);
        return Fill($"{channel} {family}: from {AgentOf} (row) to node (column)", columns, Wanted);
    }

    private HeatMap AddressMap(IEnumerable<string> channels) => Fill(
        $"{string.Join(", ", channels)}: from {AgentOf} (row) to address (column)", new OrderedDictionary<string, int>(StringComparer.Ordinal),
        target => KeyOf(target).By == Keyed.Address);

    private HeatMap Fill(string title, OrderedDictionary<string, int> columns, Func<TargetReport, bool> wanted)
    {
        var cells = new List<(int Row, int Column, CellState State)>();
        var known = columns.Count;
        for (var row = 0; row < agents.Count; row++)
        {
            foreach (var target in (agents[row].Measurements?.RoundTaskDetail ?? []).Where(wanted))
            {
                var key = KeyOf(target).Key;
                columns.TryAdd(key, columns.Count);
                cells.Add((row, columns[key], CellStates.Of(target, expect)));
            }
        }
        var filled = agents
            .Select(agent => Enumerable.Repeat(agent.Measurements is null ? CellStates.OfMissing(agent) : CellState.NotProbed, columns.Count).ToArray())
            .ToArray();
        foreach (var (row, column, state) in cells)
            filled[row][column] = (CellState)Math.Max((int)filled[row][column], (int)state);
        return new HeatMap(title, rows, [.. columns.Keys], known == rows.Length && columns.Count == known, filled);
    }

    private (Keyed By, string Key) KeyOf(TargetReport target) => target switch
    {
        { DestinationAgent: { } agent } => (Keyed.Agent, byNode && target.DestinationNode is { } home ? home : agent),
        { DestinationNode: { } node } => (Keyed.Node, node),
        _ => (Keyed.Address, target.Name),
    };

    private enum Keyed
    {
        Agent = 1,
        Node = 2,
        Address = 3,
    }
}
