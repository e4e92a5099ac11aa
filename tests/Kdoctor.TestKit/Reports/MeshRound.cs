using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.TestKit.Reports;

/// <summary>A planned NetReach round over a made-up mesh, from which tests make shards, verdicts and reports.</summary>
public sealed class MeshRound
{
    public static readonly DateTimeOffset Noon = new(2030, 5, 17, 12, 0, 0, TimeSpan.Zero);

    private MeshRound(TaskDefinition task, ClusterSnapshot snapshot)
    {
        Task = task;
        Snapshot = snapshot;
        Plan = RoundPlanner.Plan(task, snapshot, 1, Noon, Noon.AddSeconds(1));
    }

    public TaskDefinition Task { get; }

    public ClusterSnapshot Snapshot { get; }

    public RoundPlan Plan { get; }

    /// <summary>Agents agent-1..n on node-1..n; what a manifest asks for by default is asked: pod, cluster IP and node port over IPv4.</summary>
    public static MeshRound Of(int agents, long requestsPerTarget = 100, Expectation? expect = null, IEnumerable<TargetQuery>? queries = null, ClusterSnapshot? snapshot = null) =>
        new(MeshTask.Define(requestsPerTarget, expect ?? new Expectation(1, TimeSpan.FromMilliseconds(1500)), queries ?? MeshTask.DefaultQueries), snapshot ?? MeshSnapshot.Of(agents));

    /// <summary>An agent's shard; <paramref name="see"/> says what went otherwise than well.</summary>
    public AgentShard Shard(int agent, Func<Target, Seen, Seen>? see = null, string? cutShort = null, double latenessInMs = 0.04)
    {
        var lateness = new LatencyHistogram();
        var targets = new List<TargetShard>();
        foreach (var target in Plan.TargetsOf(Plan.Agents[agent]))
        {
            var seen = new Seen(Plan.Load.RequestsPerTarget);
            seen = see?.Invoke(target, seen) ?? seen;
            IReadOnlyList<string> backends = target.DestinationAgentId is { } id ? [id] : [.. Plan.Agents.Take(5).Select(planned => planned.Agent.Id)];
            targets.Add(seen.At(target.Index, seen.Backends ?? backends));
            for (var i = 0; i < seen.Sent; i++)
                lateness.Record((long)(latenessInMs * 1e6) + (i * 1_000));
        }
        return new AgentShard
        {
            RoundId = Plan.Id.ToString(),
            AgentId = Plan.Agents[agent].Agent.Id,
            Started = Plan.Start,
            Ended = Plan.Start.AddMilliseconds(9_903.25),
            Usage = new AgentUsage(0.0412, 0.30651, 97 * 1048576, 1),
            Lateness = lateness,
            CutShort = cutShort,
            PeakLoad = new Dictionary<string, double> { [nameof(TaskKind.NetReach)] = 10 },
            Targets = targets,
        };
    }

    /// <summary>Every agent's shard.</summary>
    public IEnumerable<AgentShard> Shards(Func<int, Target, Seen, Seen>? see = null) =>
        Enumerable.Range(0, Plan.Agents.Length).Select(agent => Shard(agent, (target, seen) => see?.Invoke(agent, target, seen) ?? seen));

    public RoundVerdict Judge(IEnumerable<AgentShard> shards, IReadOnlyDictionary<string, string>? silence = null, Aftermath? aftermath = null) =>
        Core.Verdicts.Judge.Round(Plan, Task.Expect, shards, silence, aftermath);

    /// <summary>The report of the finished round.</summary>
    public KdoctorReport Report(IReadOnlyCollection<AgentShard> shards, IReadOnlyDictionary<string, string>? silence = null) => Report(shards, Judge(shards, silence));

    /// <summary>The report of the round that was judged before all of these had arrived.</summary>
    public KdoctorReport Report(IReadOnlyCollection<AgentShard> shards, RoundVerdict verdict) =>
        Build(new LatestRound(Plan, Task.Expect, verdict, shards), Ended(verdict), 1);

    /// <summary>The report of the round while it runs.</summary>
    public KdoctorReport Ongoing(RoundProgress progress, IReadOnlyCollection<AgentShard>? shards = null) =>
        Build(new LatestRound(Plan, Task.Expect, null, shards ?? []), Begun(), 0, progress);

    /// <summary>The report before the first round.</summary>
    public KdoctorReport NotStarted(DateTimeOffset? next = null) => Build(null, null, 0, next: next);

    private KdoctorReport Build(LatestRound? latest, RoundSummary? summary, int done, RoundProgress? progress = null, DateTimeOffset? next = null) =>
        ReportBuilder.Build(new ReportSource
        {
            Metadata = new ReportMetadata(KdoctorReport.NameOf(Plan.TaskKind, Task.Name), Task.Uid, Noon, "7", null),
            TaskName = Task.Name,
            TaskKind = Task.Kind,
            Generation = 1,
            Spec = new SpecShown(1, Task.Spec),
            Rounds = Task.Rounds,
            RoundsDone = done,
            History = summary is null ? [] : [summary],
            Latest = latest,
            Progress = progress,
            NextRound = next,
        });

    private RoundSummary Begun() => new()
    {
        RoundNumber = Plan.Id.Number,
        Generation = Plan.Generation,
        Status = "ongoing",
        DueTimeStamp = Plan.Due,
        StartTimeStamp = Plan.Start,
        DeadLineTimeStamp = Plan.Deadline,
        ExpectedAgents = Plan.Agents.Length,
    };

    private RoundSummary Ended(RoundVerdict verdict) => Begun() with
    {
        Status = ReportWords.Of(verdict.Verdict),
        Summary = verdict.Summary,
        EndTimeStamp = Plan.Start.AddMilliseconds(10_321.5),
        ReportedAgents = verdict.Agents.Count(agent => agent.State == AgentState.Reported),
        FailedAgents = Names(verdict, agent => agent is { State: AgentState.Reported, Verdict: Verdict.Fail }),
        SilentAgents = Names(verdict, agent => agent.State == AgentState.Silent),
        Requests = new RequestCounts(
            verdict.Totals.Planned, verdict.Totals.Sent, verdict.Totals.Succeeded, verdict.Totals.Failed, verdict.Totals.Unsent, verdict.Totals.Cancelled, verdict.Totals.Unreported),
    };

    private List<string> Names(RoundVerdict verdict, Func<AgentVerdict, bool> which) =>
        [.. verdict.Agents.Where(which).Select(agent => Plan.Agents.First(planned => planned.Agent.Id == agent.AgentId).Agent.Name)];
}
