using System.Collections.Immutable;
using Kdoctor.Core.Backends;
using Kdoctor.Core.Planning;

namespace Kdoctor.Core.Verdicts;

/// <summary>What the agents' verdicts come to together, and the line that says so.</summary>
internal static class RoundConclusion
{
    private const int ReasonsKept = 5;

    public static (Verdict Verdict, string Summary) Of(
        RoundPlan plan, ImmutableArray<AgentVerdict> agents, RequestTotals totals, ImmutableArray<(Target Target, MissingBackends Missing)> missing)
    {
        var silent = agents.Count(agent => agent is { State: AgentState.Silent, Verdict: Verdict.Fail });
        var changing = plan.Agents.Where(agent => agent.Agent.Changing).Select(agent => agent.Agent.Id).ToHashSet(StringComparer.Ordinal);
        var came = agents.Count(agent => agent is { State: AgentState.Silent, Verdict: Verdict.Unknown } && changing.Contains(agent.AgentId));
        var gone = agents.Count(agent => agent.State == AgentState.Silent) - silent - came;
        var failed = agents.Count(agent => agent.State == AgentState.Reported && agent.Verdict == Verdict.Fail);
        var unknown = agents.Count(agent => agent.Verdict == Verdict.Unknown);
        var sent = FormattableString.Invariant($"{totals.Succeeded} of {totals.Sent} requests succeeded");
        if (plan.NotRun is { } notRun)
            return (Verdict.Unknown, $"the round was not run: {notRun}");
        if (agents.Length == 0)
            return (Verdict.Unknown, plan.Targets.Length == 0 || plan.LeftOut.Length == 0 ? "no agent could take part" : $"no agent could take part: {Why(plan)}");
        if (plan.Targets.Length == 0 && plan.Agents.All(agent => agent.Agent.Absence is not null))
            return (Verdict.Unknown, $"all agents ({agents.Length}) are silent, {plan.Agents[0].Agent.Name} for example: {plan.Agents[0].Agent.Absence}");
        if (plan.Targets.Length == 0)
            return (Verdict.Unknown, $"nothing could be tested: {Why(plan)}");
        if (totals.Sent == 0)
            return (Verdict.Unknown, silent + gone + came == agents.Length ? $"all agents ({agents.Length}) are silent: no evidence" : "no request was sent: no evidence");
        if (failed + silent + missing.Length > 0)
        {
            var parts = new List<string>();
            if (failed > 0)
                parts.Add($"{failed} of {Agents(agents.Length)} failed");
            if (silent > 0)
                parts.Add($"{silent} of {Agents(agents.Length)} {(silent == 1 ? "is" : "are")} silent");
            if (missing.Length > 0)
                parts.Add($"{missing[0].Target.Name} {(missing.Length > 1 ? $"and {missing.Length - 1} more " : "")}never led to {missing[0].Missing.Who}");
            // That all succeeded would contradict the failure, were it not said what failed.
            return (Verdict.Fail, $"{string.Join(" and ", parts)}; {sent}{(totals.Succeeded == totals.Sent && agents.Any(agent => agent.TooSlow) ? ", too slow" : "")}");
        }
        if (unknown > 0)
            return (Verdict.Unknown, $"{unknown} of {Agents(agents.Length)} could not prove all{Gone(gone)}{Came(came)}; {sent}");
        return plan.LeftOut.Length > 0
            ? (Verdict.Unknown, $"what was tested is healthy ({sent}); left out: {What(plan)}")
            : (Verdict.Succeed, $"{Agents(agents.Length)}, {sent}{Overloaded(agents)}");
    }

    // All was met nevertheless; but a reader who finds them in the report should have been told.
    private static string Overloaded(ImmutableArray<AgentVerdict> agents) => agents.Count(agent => agent.Overload is not null) switch
    {
        0 => "",
        1 => "; 1 agent was overloaded itself and met all the same",
        var several => $"; {several} agents were overloaded themselves and met all the same",
    };

    private static string Gone(int count) => count == 0 ? "" : $", {count} of them because {(count == 1 ? "its pod was" : "their pods were")} deleted while the round ran";

    private static string Came(int count) => count == 0 ? "" : $", {count} of them because {(count == 1 ? "its pod was" : "their pods were")} just being replaced or started when the round began";

    private static string Agents(int count) => count == 1 ? "1 agent" : $"{count} agents";

    private static string What(RoundPlan plan) => Listed(plan.LeftOut.Select(left => left.Family is { } family
        ? $"{Reports.ReportWords.Of(left.Channel)} {family}"
        : Reports.ReportWords.Of(left.Channel)));

    private static string Why(RoundPlan plan) => plan.LeftOut.Length == 0 ? "the task names no target" : Listed(plan.LeftOut.Select(left => left.Reason));

    private static string Listed(IEnumerable<string> words)
    {
        var distinct = words.Distinct(StringComparer.Ordinal).ToList();
        var more = distinct.Count - ReasonsKept;
        return string.Join(", ", distinct.Take(ReasonsKept)) + (more > 0 ? $" and {more} more" : "");
    }
}
