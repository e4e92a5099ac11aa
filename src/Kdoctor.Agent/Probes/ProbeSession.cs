using Kdoctor.Agent.Hosting;
using Kdoctor.Core.Reports;
using Kdoctor.Probing.Load;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kdoctor.Agent.Probes;

/// <summary>
/// What every probe command does with its target.
/// 1. The process is warm, and the load begins.
/// 2. A line on a terminal tells how far it is.
/// 3. What was found is printed, also when the user had enough before the end, and makes the exit code.
/// </summary>
internal static class ProbeSession
{
    private static readonly TimeSpan LinePeriod = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(ProbeTarget target, ProbeChoices choices, ProbeContext context, CancellationToken cancellation)
    {
        // 1. The load.
        await WarmUpAsync(context, cancellation);
        ProbeRun run;
        try
        {
            run = await ProbeRun.StartAsync(target.Plan, LoadOf(target, choices), context.Time, context.Chance, exception => context.Error.WriteLine($"kdoctor: {exception}"));
        }
        catch (ArgumentException wrong)
        {
            await context.Error.WriteLineAsync($"kdoctor: {wrong.Message}");
            return ExitCodes.Usage;
        }
        await using var ends = run;

        // 2. The line.
        var completion = run.CompleteAsync(cancellation);
        if (context.ErrorIsTerminal)
            await ProbeLine.FollowAsync(run, completion, choices, context, LinePeriod);

        // 3. The outcome.
        var result = await completion;
        if (choices.Json)
            await context.Output.WriteLineAsync(ProbeJson.Write(target, choices, result));
        else
            await context.Output.WriteAsync(ProbeTable.Write(target, choices, result));
        return CodeOf(result);
    }

    // Without it the compiler's work would make the first requests late. Where it cannot be had or is interrupted, the probe itself says what there is to say.
    private static async Task WarmUpAsync(ProbeContext context, CancellationToken cancellation)
    {
        await using var site = new AgentSite(context.Time, new Random(context.Chance.Next()), NullLoggerFactory.Instance, sharingAgents: 1);
        await site.WarmUpAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // At a set rate the bound only protects this machine: it must not slow the timetable down.
    private static ProbeLoad LoadOf(ProbeTarget target, ProbeChoices choices) => new()
    {
        RequestsPerSecond = choices.Rate,
        Duration = choices.Duration,
        RequestTimeout = choices.Timeout,
        MaxOutstanding = choices.Rate is null ? target.FullSpeedOutstanding : LoadAssignment.DefaultMaxOutstanding,
    };

    private static int CodeOf(ProbeResult result)
    {
        if (result.Target.Failed > 0)
            return ExitCodes.Failed;
        return result.CutShort is null && result.Target is { Succeeded: > 0, Unsent: 0 } ? ExitCodes.Succeeded : ExitCodes.NoVerdict;
    }
}
