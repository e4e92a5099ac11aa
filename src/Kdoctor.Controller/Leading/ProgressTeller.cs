using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Leading;

/// <summary>
/// Tells the other controllers how far running rounds are, by the store that all share: once a second, in one change, only what has moved since. So what is
/// written depends on the rounds that run and never on their agents, and a follower needs no way to the leader.
/// </summary>
internal sealed partial class ProgressTeller(IRoundStore store, RoundCollector collector, TimeProvider time, ILogger<ProgressTeller> logger)
{
    /// <summary>How often it is told, and looked for.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    // Bounded by the rounds that run.
    private Dictionary<RoundId, RoundProgress> told = [];
    private bool silent;

    /// <summary>Tells until the term is over.</summary>
    public async Task RunAsync(CancellationToken term)
    {
        told = [];
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(term).ConfigureAwait(false))
            await TellAsync(term).ConfigureAwait(false);
    }

    /// <summary>Tells once.</summary>
    public async Task TellAsync(CancellationToken term)
    {
        var now = collector.Progress;
        var moved = now.Where(round => !told.TryGetValue(round.Id, out var last) || last != round.Progress).ToList();
        try
        {
            if (moved.Count > 0)
                await store.TellProgressAsync(moved, term).ConfigureAwait(false);
            (told, silent) = (now.ToDictionary(round => round.Id, round => round.Progress), false);
        }
#pragma warning disable CA1031 // Rounds go on whoever watches; it is told again the next time.
        catch (Exception failed) when (!term.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!silent)
                LogSilent(failed);
            silent = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "How far rounds are could not be told to the other controllers; it is tried again every second, and rounds go on")]
    private partial void LogSilent(Exception error);
}
