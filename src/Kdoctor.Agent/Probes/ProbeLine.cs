using System.Globalization;
using Kdoctor.Core.Reports;
using Kdoctor.Probing.Load;

namespace Kdoctor.Agent.Probes;

/// <summary>How far a probe is, as one line that is drawn over; for terminals only.</summary>
internal static class ProbeLine
{
    /// <summary>Draws the line until the run is complete, and takes it away.</summary>
    public static async Task FollowAsync(ProbeRun run, Task completion, ProbeChoices choices, ProbeContext context, TimeSpan period)
    {
        var started = context.Time.GetTimestamp();
        while (!completion.IsCompleted)
        {
            await context.Error.WriteAsync($"\r{Of(run.Progress, context.Time.GetElapsedTime(started), choices)}\u001b[K");
            await Task.WhenAny(completion, Task.Delay(period, context.Time));
        }
        await context.Error.WriteAsync("\r\u001b[K");
    }

    public static string Of(LoadProgress progress, TimeSpan elapsed, ProbeChoices choices)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        var left = choices.Duration - elapsed;
        var rest = left > TimeSpan.Zero ? $"{ScreenNumbers.Duration(TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds)))} left" : "waiting for answers";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ScreenNumbers.Count(progress.Sent)} sent ({ScreenNumbers.Count((long)(progress.Sent / seconds))}/s), {ScreenNumbers.Count(progress.Succeeded)} ok, {ScreenNumbers.Count(progress.Failed)} failed, {rest}");
    }
}
