using System.Globalization;
using Kdoctor.Core.Diagnosis;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Reports;

/// <summary>One agent's page of a report.</summary>
internal sealed class AgentReportBuilder(LatestRound round, TaskKind kind, Circumstances circumstances)
{
    private readonly Dictionary<string, AgentPlan> agents = round.Plan.Agents.ToDictionary(agent => agent.Agent.Id, StringComparer.Ordinal);
    private readonly HashSet<string> sharedNames =
        [.. round.Plan.Agents.GroupBy(agent => agent.Agent.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)];
    private readonly Dictionary<string, AgentVerdict> verdicts =
        round.Verdict?.Agents.ToDictionary(agent => agent.AgentId, StringComparer.Ordinal) ?? [];

    public static RequestCounts Counts(RequestTotals totals) =>
        new(totals.Planned, totals.Sent, totals.Succeeded, totals.Failed, totals.Unsent, totals.Cancelled, totals.Unreported);

    public bool IsPlanned(AgentShard shard) => agents.ContainsKey(shard.AgentId);

    // A shard that came after the round was judged is shown with its own numbers and did not count.
    public bool IsLate(AgentShard shard) => verdicts.TryGetValue(shard.AgentId, out var judged) && judged.State == AgentState.Silent;

    public AgentVerdict Judged(AgentShard shard) => Judge.Agent(shard, agents[shard.AgentId], round.Plan, round.Expect, circumstances);

    public AgentReport Reported(AgentShard shard, AgentVerdict verdict)
    {
        var agent = agents[shard.AgentId].Agent;
        var late = IsLate(shard);
        var reasons = late ? [.. verdict.Reasons, "its results arrived after the round had ended"] : verdict.Reasons;
        var measurements = Measurements(shard, verdict, Overload.Of(shard));
        return new AgentReport
        {
            RoundNumber = round.Plan.Id.Number,
            RoundResult = ReportWords.Of(late ? verdicts[shard.AgentId].Verdict : verdict.Verdict),
            NodeName = agent.NodeName,
            PodName = agent.Name,
            AgentId = agent.Id,
            AgentState = late ? "late" : "reported",
            ReasonsForFailure = Joined(reasons),
            RoundStartTimeStamp = shard.Started,
            RoundEndTimeStamp = shard.Ended,
            RoundDuration = ReportWords.Seconds(shard.Ended - shard.Started),
            AgentOverload = verdict.Overload,
            AgentLateness = ReportWords.Latencies(shard.Lateness),
            TaskNetReach = kind == TaskKind.NetReach ? measurements : null,
            TaskAppHealthy = kind == TaskKind.AppHttpHealthy ? measurements : null,
            TaskNetDns = kind == TaskKind.Netdns ? measurements : null,
        };
    }

    public AgentReport Missing(AgentInfo agent)
    {
        var judged = verdicts.GetValueOrDefault(agent.Id);
        return new AgentReport
        {
            RoundNumber = round.Plan.Id.Number,
            RoundResult = judged is null ? "ongoing" : ReportWords.Of(judged.Verdict),
            NodeName = agent.NodeName,
            PodName = agent.Name,
            AgentId = agent.Id,
            AgentState = judged is null ? null : "silent",
            ReasonsForFailure = judged is null ? null : Joined(judged.Reasons),
        };
    }

    private TaskReport Measurements(AgentShard shard, AgentVerdict verdict, Overload? overload) => new()
    {
        TargetType = kind.ToString(),
        TargetNumber = shard.Targets.Count(target => round.Plan.Holds(target.Target)),
        ReasonsForFailure = Joined(verdict.Reasons),
        RoundSucceed = verdict.Verdict == Verdict.Succeed,
        SystemResource = new SystemResource(
            Percent(shard.Usage.MaxCpuCores), Percent(shard.Usage.MeanCpuCores), Megabytes(shard.Usage.MaxMemoryBytes),
            shard.Usage.SharingAgents > 1 ? shard.Usage.SharingAgents : null),
        RunningLoadTotal = shard.PeakLoad.Count == 0 ? null : new RunningLoad(
            Load(shard, TaskKind.AppHttpHealthy), Load(shard, TaskKind.NetReach), Load(shard, TaskKind.Netdns)),
        RoundTaskDetail = [.. shard.Targets.Where(target => round.Plan.Holds(target.Target)).Select(target => TargetPage(target, overload?.Explains(target) ?? false))],
    };

    private TargetReport TargetPage(TargetShard shard, bool overloaded)
    {
        var target = round.Plan.Targets[shard.Target];
        var verdict = Judge.Target(shard, round.Expect, overloaded, circumstances);
        var answered = shard.Sent - shard.Cancelled;
        return new TargetReport
        {
            Name = target.Name,
            Channel = ReportWords.Of(target.Channel),
            Family = target.FamilyAt(shard.ResolvedAddress)?.ToString(),
            Url = target.Request is HttpRequestPlan ? target.Url : null,
            Method = (target.Request as HttpRequestPlan)?.Method,
            RequestServer = target.Request is DnsRequestPlan ? target.Url : null,
            Protocol = target.Request is DnsRequestPlan dns ? ReportWords.Of(dns.Transport) : null,
            DestinationAgent = NameOf(target.DestinationAgentId),
            DestinationNode = target.DestinationNode,
            RequestSucceed = verdict.Verdict == Verdict.Succeed,
            Verdict = ReportWords.Of(verdict.Verdict),
            RequestMeanDelay = shard.Latency.Mean is { } mean ? ReportWords.Milliseconds(mean) : null,
            RequestSucceedRate = answered > 0 ? (double)shard.Succeeded / answered : null,
            FailureReason = Joined(verdict.Reasons),
            RequestTargetMetrics = Metrics(shard, target),
        };
    }

    private TargetMetrics Metrics(TargetShard shard, Target target)
    {
        var duration = shard.LastEnded - shard.FirstSent;
        var dns = target.Request as DnsRequestPlan;
        return new TargetMetrics
        {
            RequestStartTime = shard.FirstSent,
            RequestEndTime = shard.LastEnded,
            RequestDuration = duration is { } span ? ReportWords.Seconds(span) : null,
            RequestCounts = shard.Sent,
            SuccessCounts = shard.Succeeded,
            FailedCounts = shard.Failed,
            UnsentCounts = shard.Unsent,
            Tps = duration is { TotalSeconds: > 0 } seconds ? Math.Round(shard.Sent / seconds.TotalSeconds, 6) : null,
            Errors = ReportWords.Errors(shard.Failures),
            Latencies = ReportWords.Latencies(shard.Latency),
            SendLatencies = ReportWords.Latencies(shard.SendLatency),
            Phases = ReportWords.Phases(shard.Phases),
            ExistsNotSendRequests = shard.Unsent > 0,
            TotalDataSize = string.Create(CultureInfo.InvariantCulture, $"{shard.BodyBytes} byte"),
            StatusCodes = dns is not null ? null : shard.Statuses.OrderBy(entry => entry.Key).ToDictionary(entry => entry.Key.ToString(CultureInfo.InvariantCulture), entry => entry.Value),
            ReplyCode = dns is null ? null : shard.ReplyCodes.OrderBy(entry => entry.Key).ToDictionary(entry => Results.ReplyCode.NameOf(entry.Key), entry => entry.Value),
            StrayAnswers = dns is null ? null : shard.StrayAnswers,
            SurplusConnections = shard.SurplusConnections == 0 ? null : shard.SurplusConnections,
            MovedRequests = shard.MovedRequests == 0 ? null : shard.MovedRequests,
            Domain = dns?.Domain,
            Server = dns is null ? null : target.Url,
            Method = dns is null ? null : ReportWords.Of(dns.Transport),
            Backends = target.Request is HttpRequestPlan { Echo: true } ? Backends(shard) : null,
            ResolvedAddress = shard.ResolvedAddress,
            OtherAddresses = shard.OtherAddresses.Count == 0 ? null : shard.OtherAddresses,
            Certificates = shard.Certificates.Count == 0 ? null : [.. shard.Certificates.Select(shown => new CertificateReport(
                shown.Names, shown.NotBefore, shown.NotAfter, shown.Connections,
                Joined([.. CertificateTally.Doubts(target, shard, shown).Select(doubt => $"{FailureWords.Of(doubt.Cause)}: {doubt.Words}")])))],
            Samples = shard.Samples.Count == 0 ? null : [.. shard.Samples.Select(sample => new FailureReport(
                sample.Intended, sample.Failure.ToString(), sample.Text.Length == 0 ? null : sample.Text, Math.Round(sample.Elapsed.TotalMilliseconds, 6)))],
        };
    }

    // Names are for people; where two agents share one, their identities keep them apart.
    private string? NameOf(string? agentId) => agentId is null ? null
        : agents.TryGetValue(agentId, out var agent) && !sharedNames.Contains(agent.Agent.Name) ? agent.Agent.Name : agentId;

    // Whoever answers may claim any identity, another agent's name too: what is not an agent of the round says so.
    private Dictionary<string, long> Backends(TargetShard shard) => shard.Backends
        .GroupBy(entry => agents.ContainsKey(entry.Key) ? NameOf(entry.Key)! : entry.Key == TargetShard.OtherBackends ? entry.Key : $"not of this round: {entry.Key}", StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(entry => entry.Value));

    private static double Load(AgentShard shard, TaskKind kind) => shard.PeakLoad.GetValueOrDefault(kind.ToString());

    private static string? Joined(IReadOnlyCollection<string> reasons) => reasons.Count == 0 ? null : string.Join("; ", reasons);

    private static string? Percent(double? cores) => cores is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.000}%") : null;

    private static string? Megabytes(long? bytes) => bytes is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value / 1048576.0:0.00}MB") : null;
}
