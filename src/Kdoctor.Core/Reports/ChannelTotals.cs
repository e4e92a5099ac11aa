using Kdoctor.Core.Backends;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Reports;

/// <summary>Shards folded by channel and family: its size does not depend on how many agents there are.</summary>
internal sealed class ChannelTotals
{
    private readonly SortedDictionary<(Channel Channel, IpFamily? Family), Totals> totals = [];

    /// <summary>Who answered at the targets that lead to all backends; null while nobody can tell.</summary>
    public SpreadTally? Spread { get; set; }

    public void Add(AgentShard shard, RoundPlan plan)
    {
        foreach (var seen in shard.Targets.Where(seen => plan.Holds(seen.Target)))
        {
            var target = plan.Targets[seen.Target];
            var key = (target.Channel, target.FamilyAt(seen.ResolvedAddress));
            if (!totals.TryGetValue(key, out var sum))
                totals[key] = sum = new Totals();
            sum.Add(seen);
        }
    }

    public IReadOnlyList<ChannelReport> ToReports() => [.. totals.Select(entry => new ChannelReport(
        ReportWords.Of(entry.Key.Channel),
        entry.Key.Family?.ToString(),
        entry.Value.Targets.Count,
        AgentReportBuilder.Counts(entry.Value.Requests),
        ReportWords.Latencies(entry.Value.Latency),
        ReportWords.Errors(entry.Value.Failures))
    {
        Backends = BackendsOf(entry.Key),
    })];

    private BackendsReport? BackendsOf((Channel, IpFamily?) channel)
    {
        var spreads = Spread?.Targets.Where(spread => (spread.Target.Channel, spread.Target.Family) == channel).ToList();
        if (spreads is null or [])
            return null;
        var covered = spreads.Count(spread => spread.IsCovered);
        var missing = spreads.Count(spread => spread.Missing is not null);
        return new BackendsReport(spreads[0].Due, covered, missing, spreads.Count - covered - missing);
    }

    private sealed class Totals
    {
        public HashSet<int> Targets { get; } = [];

        public RequestTotals Requests { get; private set; } = RequestTotals.Zero;

        public LatencyHistogram Latency { get; } = new();

        public Dictionary<Failure, long> Failures { get; } = [];

        public void Add(TargetShard shard)
        {
            Targets.Add(shard.Target);
            Requests = Requests.Plus(new(shard.Planned, shard.Sent, shard.Succeeded, shard.Failed, shard.Unsent, shard.Cancelled));
            Latency.Merge(shard.Latency);
            foreach (var (failure, count) in shard.Failures)
                Failures[failure] = Failures.GetValueOrDefault(failure) + count;
        }
    }
}
