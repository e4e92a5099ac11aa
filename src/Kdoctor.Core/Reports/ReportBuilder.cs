using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Core.Diagnosis;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Reports;

/// <summary>
/// Turns a round's plan, shards and verdict into the document people read. Pure.
/// 1. Each shard becomes its agent's report and, where it came in time, is folded into its channels and the findings, one shard at a time. A second one
///    of the same agent, or one of an agent that is not in the plan, changes nothing.
/// 2. Agents without a shard are listed with their reason.
/// 3. The report is put together in the plan's order.
/// </summary>
public static class ReportBuilder
{
    /// <summary>Builds a report.</summary>
    public static KdoctorReport Build(ReportSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var agents = new List<AgentReport>();
        var channels = new ChannelTotals();
        var findings = ImmutableArray<Finding>.Empty;
        if (source.Latest is { } latest)
        {
            var circumstances = new Circumstances(latest.Plan, latest.Verdict?.Aftermath);
            var pages = new AgentReportBuilder(latest, source.TaskKind, circumstances);
            var byAgent = new Dictionary<string, AgentReport>(StringComparer.Ordinal);
            var evidence = new Findings(latest.Plan, latest.Expect, circumstances);

            // 1. Each shard.
            foreach (var shard in latest.Shards.Where(pages.IsPlanned))
            {
                var verdict = pages.Judged(shard);
                if (!byAgent.TryAdd(shard.AgentId, pages.Reported(shard, verdict)) || pages.IsLate(shard))
                    continue;
                channels.Add(shard, latest.Plan);
                evidence.Add(shard);
            }
            foreach (var silent in latest.Verdict?.Agents.Where(agent => agent.State == AgentState.Silent) ?? [])
                evidence.AddSilent(silent);
            findings = evidence.ToFindings();
            channels.Spread = evidence.Spread;

            // 2. and 3. Every planned agent, in the plan's order.
            agents.AddRange(latest.Plan.Agents.Select(agent => byAgent.GetValueOrDefault(agent.Agent.Id) ?? pages.Missing(agent.Agent)));
        }
        return new KdoctorReport
        {
            Metadata = source.Metadata,
            Task = new ReportTask(source.TaskName, source.TaskKind.ToString(), source.Spec.Generation, new JsonObject { [ReportWords.SpecKey(source.TaskKind)] = SpecRedaction.Of(source.Spec.Text) }),
            Status = StatusOf(source),
            Report = new ReportBody
            {
                LatestRound = source.History.Count > 0 ? source.History[0] : null,
                Progress = source.Progress,
                LatestRoundReport = agents,
                Findings = [.. findings.Select(finding => new FindingReport(finding.Component, finding.Evidence))],
                Channels = channels.ToReports(),
                LeftOut = [.. (source.Latest?.Plan.LeftOut ?? []).Select(left => new LeftOutReport(ReportWords.Of(left.Channel), left.Family?.ToString(), left.Reason))],
                Notes = source.Latest?.Plan.Notes ?? [],
                History = source.History,
                MissedRounds = source.Missed,
            },
        };
    }

    private static ReportStatus StatusOf(ReportSource source) => new()
    {
        TaskGeneration = source.Generation,
        TotalRoundNumber = source.Rounds ?? -1,
        RoundFinishedNumber = source.RoundsDone,
        RoundNumber = source.History.Count > 0 ? source.History[0].RoundNumber : 0,
        Status = source.History.Count == 0 ? "NotStarted" : source.History[0].EndTimeStamp is null ? "OnGoing" : "Finished",
        NextRoundTimeStamp = source.NextRound,
        Waiting = source.Waiting,
    };
}
