using System.Collections.Immutable;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Leading;

/// <summary>
/// How far the leader's rounds are, for a controller that only serves reports: looked for in the store once a second. It is what the leader last told, and
/// nothing once nobody is known to lead, or the store does not answer.
/// </summary>
internal sealed partial class FollowedProgress(IRoundStore store, LeaderSeat seat, Action<TaskKey> changed, TimeProvider time, ILogger<FollowedProgress> logger)
{
    // Bounded by the rounds that the leader runs.
    private volatile ImmutableDictionary<RoundId, ToldProgress> known = ImmutableDictionary<RoundId, ToldProgress>.Empty;

    /// <summary>How far a round is; null when it does not run, or nobody knows.</summary>
    public RoundProgress? ProgressOf(RoundId id) => known.GetValueOrDefault(id)?.Progress;

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(ProgressTeller.Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
                await LookAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The controller stops.
        }
    }

    /// <summary>Looks once, and says which tasks' reports are other than they were.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var (before, now) = (known, await ReadAsync(cancellation).ConfigureAwait(false));
        known = now;
        foreach (var round in now.Values.Where(round => before.GetValueOrDefault(round.Id) != round).Concat(before.Values.Where(round => !now.ContainsKey(round.Id))))
        {
            if (Enum.TryParse<TaskKind>(round.TaskKind, out var kind))
                changed(new TaskKey(kind, round.TaskName));
        }
    }

    private async Task<ImmutableDictionary<RoundId, ToldProgress>> ReadAsync(CancellationToken cancellation)
    {
        if (seat.Taken || seat.LeaderAddress is null)
            return ImmutableDictionary<RoundId, ToldProgress>.Empty;
        try
        {
            return (await store.ProgressAsync(cancellation).ConfigureAwait(false)).ToImmutableDictionary(round => round.Id);
        }
#pragma warning disable CA1031 // A store that fails is told of by whoever needs it more; reports go on without progress.
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!known.IsEmpty)
                LogBlind(failed);
            return ImmutableDictionary<RoundId, ToldProgress>.Empty;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "How far the leader's rounds are cannot be read; reports show no progress until it can")]
    private partial void LogBlind(Exception error);
}
