using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>The cells that are in trouble, worst first, with their numbers.</summary>
internal static class WorstCells
{
    private const int Most = 10;

    public static void Print(Page page, KdoctorReport report)
    {
        var expect = ReportExpectation.Of(report.Task);
        var worst = report.Report.LatestRoundReport
            .SelectMany(agent => (agent.Measurements?.RoundTaskDetail ?? []).Select(target => (Agent: agent, Target: target, State: CellStates.Of(target, expect))))
            .Where(cell => CellStates.IsTrouble(cell.State))
            .OrderByDescending(cell => cell.State)
            .ThenBy(cell => cell.Target.RequestSucceedRate ?? 1)
            .ThenByDescending(cell => cell.Target.RequestMeanDelay ?? 0)
            .ToList();
        if (worst.Count == 0)
            return;
        page.Heading(worst.Count == 1 ? "the one cell in trouble" : $"the worst of {ScreenNumbers.Count(worst.Count)} cells in trouble");
        foreach (var (agent, target, state) in worst.Take(Most))
        {
            page.Wrapped(2, 6,
                new Span(CellLook.Symbol(state).ToString(), CellLook.Style(state)),
                Span.Strong($" {SafeText.Of(agent.PodName)} on {SafeText.Of(agent.NodeName)} -> {SafeText.Of(target.Name)}{Home(target)}"),
                Span.Faint($" ({SafeText.Of(target.Channel)}{(target.Family is { } family ? " " + SafeText.Of(family) : "")})"));
            page.Wrapped(6, 6, Span.Plain(Numbers(target)));
        }
        if (worst.Count > Most)
            page.Wrapped(2, 2, Span.Plain($"and {ScreenNumbers.Count(worst.Count - Most)} more"));
    }

    private static string Home(TargetReport target) => target.DestinationNode is { } node ? $" on {SafeText.Of(node)}" : "";

    private static string Numbers(TargetReport target)
    {
        var numbers = target.RequestTargetMetrics;
        var parts = new List<string>
        {
            target.RequestSucceedRate is null
                ? "no request was answered for"
                : $"{ScreenNumbers.Percent(target.RequestSucceedRate)} succeeded ({ScreenNumbers.Count(numbers.SuccessCounts)} of {ScreenNumbers.Count(numbers.RequestCounts)})",
        };
        if (numbers.Errors.Count > 0)
            parts.Add(string.Join(", ", numbers.Errors.Select(error => $"{SafeText.Of(error.Key)} x {ScreenNumbers.Count(error.Value)}")));
        if (numbers.Samples?.FirstOrDefault(sample => sample.Detail is not null)?.Detail is { } detail)
            parts.Add($"for example: {SafeText.Of(detail)}");
        if (numbers.UnsentCounts > 0)
            parts.Add($"{ScreenNumbers.Count(numbers.UnsentCounts)} not sent by the agent");
        if (numbers.Latencies is { } latency)
            parts.Add($"mean {ScreenNumbers.Milliseconds(latency.MeanInMs)} ms, p99 {ScreenNumbers.Milliseconds(latency.P99InMs)} ms");
        return string.Join("; ", parts);
    }
}
