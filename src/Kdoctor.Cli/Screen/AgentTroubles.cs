using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>Agents that were silent, late or overloaded, each with its reason: their own trouble, kept apart from the network's.</summary>
internal static class AgentTroubles
{
    private const int Most = 10;

    public static void Print(Page page, IReadOnlyList<AgentReport> agents)
    {
        var troubled = agents.Select(agent => (Agent: agent, Trouble: TroubleOf(agent))).Where(entry => entry.Trouble is not null).ToList();
        if (troubled.Count == 0)
            return;
        page.Heading(troubled.Count == 1 ? "1 agent in trouble itself" : $"{troubled.Count} agents in trouble themselves");
        foreach (var (agent, trouble) in troubled.Take(Most))
        {
            page.Wrapped(2, 6,
                Span.Strong($"{SafeText.Of(agent.PodName)} on {SafeText.Of(agent.NodeName)}"),
                Span.Plain($" is {SafeText.Of(trouble)}"));
        }
        if (troubled.Count > Most)
            page.Wrapped(2, 2, Span.Plain($"and {troubled.Count - Most} more"));
    }

    private static string? TroubleOf(AgentReport agent) => agent switch
    {
        { AgentState: "silent" or "late" } => $"{agent.AgentState}: {Why(agent)}",
        { AgentOverload: { } overload } => $"overloaded: {overload}",
        { Measurements.TargetNumber: 0 } => null,
        { RoundResult: "unknown" } => $"unknown: {Why(agent)}",
        _ => null,
    };

    // A silent agent's reason names the agent, which the line has done already.
    private static string Why(AgentReport agent)
    {
        var why = agent.ReasonsForFailure ?? "no reason is known";
        var prefix = $"agent {agent.PodName} on {agent.NodeName} is silent: ";
        return why.StartsWith(prefix, StringComparison.Ordinal) ? why[prefix.Length..] : why;
    }
}
