using System.Globalization;

namespace Kdoctor.Core.Planning.Budgets;

/// <summary>
/// The line of rounds that are due and wait for a budget. A round begins when it fits beside all that runs and all that has waited longer, so that
/// nobody is overtaken in a budget that both need, and rounds that share none do not hold one another up:
/// 1. What would not fit alone never begins.
/// 2. What runs at the round's start counts, and so does what has waited longer, in the order of (since, uid).
/// 3. It fits, or joins the line.
/// Nothing can wait for ever: what runs ends by its timetable, and the one at the head fits alone. No clock; one caller at a time.
/// </summary>
public sealed class BudgetLine(RequestBudgets budgets)
{
    // One entry per task at most: bounded by the tasks that are served.
    private readonly Dictionary<string, (RoundDemand Demand, DateTimeOffset Since)> waiting = new(StringComparer.Ordinal);

    /// <summary>How many rounds wait.</summary>
    public int Count => waiting.Count;

    /// <summary>Asks for a round.</summary>
    /// <param name="demand">What it asks for; in place of what its task asked for before.</param>
    /// <param name="since">Since when it waits; now, where it has not waited yet.</param>
    /// <param name="running">What runs and will still run when it begins.</param>
    public BudgetAnswer Ask(RoundDemand demand, DateTimeOffset since, IReadOnlyCollection<RoundDemand> running)
    {
        ArgumentNullException.ThrowIfNull(demand);
        ArgumentNullException.ThrowIfNull(running);
        if (waiting.Remove(demand.TaskUid, out var before) && before.Since < since)
            since = before.Since;

        // 1. Alone.
        if (Excess(demand, []) is { } never)
            return new BudgetNever($"{never}; {Lower(demand)}, or ask whoever installed kdoctor to raise the budget");

        // 2. What counts before it.
        var ahead = waiting.Values
            .Where(other => (other.Since, other.Demand.TaskUid).CompareTo((since, demand.TaskUid)) < 0)
            .Select(other => other.Demand);
        if (Excess(demand, [.. running, .. ahead]) is not { } excess)
            return new BudgetFits();

        // 3. In line. Where only others that wait are in the way, they begin when something that runs ends, or are asked for at once.
        waiting[demand.TaskUid] = (demand, since);
        return new BudgetWaits(excess, running.Count > 0 ? running.Min(other => other.Ends) : since);
    }

    /// <summary>Takes a task out of the line: it began, or is due no more.</summary>
    public void Leave(string taskUid) => waiting.Remove(taskUid);

    // The greatest qps that fits alone: what is asked for grows with it.
    private string Lower(RoundDemand demand)
    {
        (double Asked, int? Most)[] all = [(demand.Total, budgets.Cluster), (demand.Total, budgets.Of(demand.Kind).Most), (demand.Agents.Values.DefaultIfEmpty().Max(), budgets.Agent)];
        var qps = all.Where(one => one.Most is not null).Min(one => Math.Floor(demand.RequestsPerSecond * one.Most!.Value / one.Asked));
        return qps >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"lower qps, {qps:0} fits, or the number of targets")
            : "lower the number of targets, for no qps fits";
    }

    // The budget that would be passed most plainly: the whole cluster's, the kind's, then the first agent's in the order of their ids.
    private string? Excess(RoundDemand demand, IReadOnlyCollection<RoundDemand> others)
    {
        var (kindMost, kindSetting) = budgets.Of(demand.Kind);
        return Over("all agents together", demand.Total, others.Sum(other => other.Total), budgets.Cluster, "budgets.clusterMaxQPS")
            ?? Over($"all agents together, for tasks of the kind {demand.Kind},", demand.Total, others.Where(other => other.Kind == demand.Kind).Sum(other => other.Total), kindMost, kindSetting)
            ?? demand.Agents
                .OrderBy(agent => agent.Key, StringComparer.Ordinal)
                .Select(agent => Over($"agent {agent.Key}", agent.Value, others.Sum(other => other.Agents.GetValueOrDefault(agent.Key)), budgets.Agent, "budgets.agentMaxQPS"))
                .FirstOrDefault(over => over is not null);
    }

    private static string? Over(string who, double asked, double others, int? most, string setting) => most is not { } bound || asked + others <= bound
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"it asks {who} for {asked:0.##} requests per second{(others > 0 ? string.Create(CultureInfo.InvariantCulture, $" beside the {others:0.##} of other rounds") : "")}, and {bound} are allowed ({setting})");
}
