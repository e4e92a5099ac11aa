using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Serving;
using Kdoctor.Controller.Sessions;
using Kdoctor.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Leading;

/// <summary>
/// What only a controller that leads does, term by term:
/// 1. It claims the store: what another controller still writes is refused from here on.
/// 2. Rounds that were running are taken up, and agents are let in.
/// 3. Once all tasks are known, what the store holds of tasks that are gone is removed.
/// 4. Tasks are looked at, one at a time, whenever they or their rounds change or the clock says so; the store is pruned now and then; the other
///    controllers are told how far rounds are.
/// 5. When the term is over, agents are sent away and the rounds are let go of.
/// </summary>
internal sealed partial class LeaderWork(
    ControllerOptions options, ControllerParts parts, LeaderSeat seat, TaskCache cache, TaskInformer informer, TaskReconciler reconciler, RoundCollector collector, AgentSessions sessions,
    ILogger<LeaderWork> logger) : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly WorkQueue<TaskKey> queue = new(parts.Time);
    private readonly Dictionary<TaskKey, TimeSpan> retries = [];
    private readonly ProgressTeller? teller = parts.Leadership.IsShared ? new ProgressTeller(parts.Store, collector, parts.Time, parts.Logs.CreateLogger<ProgressTeller>()) : null;
    private readonly TaskCompletionSource tookUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first term has begun in full.</summary>
    public Task TookUp => tookUp.Task;

    /// <summary>One term.</summary>
    public async Task LeadAsync(CancellationToken term)
    {
        using var over = term.Register(Leave);
        try
        {
            // 1. The store.
            await parts.Store.ClaimAsync(term).ConfigureAwait(false);

            // 2. Rounds and agents.
            reconciler.BeginTerm();
            await collector.ResumeAsync().WaitAsync(term).ConfigureAwait(false);
            seat.Taken = true;
            term.ThrowIfCancellationRequested();

            // 3. Tasks that went while nobody led.
            await informer.Synced.WaitAsync(term).ConfigureAwait(false);
            await ForgetAsync(term).ConfigureAwait(false);
            foreach (var key in cache.Keys)
                Enqueue(key);
            LogLeads(parts.Store.InstallationId, cache.Keys.Count);
            tookUp.TrySetResult();

            // 4. The work.
            await Task.WhenAll(WorkAsync(term), PruneAsync(term), teller?.RunAsync(term) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (term.IsCancellationRequested)
        {
            // The term is over.
        }
        finally
        {
            // 5. The end.
            Leave();
            await collector.StandDownAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Says that a task changed.</summary>
    public void Enqueue(TaskKey key) => queue.Add(key);

    /// <summary>Says that a round changed.</summary>
    public void RoundChanged(RoundNotice notice)
    {
        if (notice.Event is not (RoundEvent.Progressed or RoundEvent.Removed) && Enum.TryParse<TaskKind>(notice.TaskKind, out var kind))
            Enqueue(new TaskKey(kind, notice.TaskName));
    }

    public void Dispose() => queue.Dispose();

    // At once, whatever is being waited for. In this order: an agent that comes in between finds the seat empty.
    private void Leave()
    {
        seat.Taken = false;
        sessions.EndAll("this controller does not lead any more");
        collector.EndTerm();
    }

    private async Task ForgetAsync(CancellationToken term)
    {
        var live = cache.Keys.Select(key => cache.Find(key)?["metadata"]?["uid"]?.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        foreach (var uid in await parts.Store.TaskUidsAsync(term).ConfigureAwait(false))
        {
            if (!live.Contains(uid))
                await collector.RemoveTaskAsync(uid).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(CancellationToken term)
    {
        while (true)
        {
            var key = await queue.TakeAsync(term).ConfigureAwait(false);
            try
            {
                if (await ReconcileAsync(key, term).ConfigureAwait(false) is { } again)
                    queue.AddAt(key, again);
                foreach (var served in reconciler.Places.Freed())
                    queue.Add(served);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    private async Task<DateTimeOffset?> ReconcileAsync(TaskKey key, CancellationToken term)
    {
        try
        {
            var again = await reconciler.ReconcileAsync(key, term).ConfigureAwait(false);
            retries.Remove(key);
            return again;
        }
#pragma warning disable CA1031 // One task's trouble must not stop the others; it is looked at again.
        catch (Exception failed) when (!term.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var delay = retries.TryGetValue(key, out var last) ? last * 2 : FirstRetry;
            retries[key] = delay < LongestRetry ? delay : LongestRetry;
            LogFailed(failed, key, retries[key]);
            return parts.Time.GetUtcNow() + retries[key];
        }
    }

    private async Task PruneAsync(CancellationToken term)
    {
        using var timer = new PeriodicTimer(options.PruneEvery, parts.Time);
        do
        {
            try
            {
                var removed = await parts.Store.PruneAsync(parts.Time.GetUtcNow(), term).ConfigureAwait(false);
                if (removed > 0)
                    LogPruned(removed);
            }
#pragma warning disable CA1031 // Pruning is tried again next time.
            catch (Exception failed) when (!term.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogPruneFailed(failed);
            }
        }
        while (await timer.WaitForNextTickAsync(term).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The controller of installation {Installation} leads {Count} tasks")]
    private partial void LogLeads(string installation, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Task} could not be looked at; again in {Delay}")]
    private partial void LogFailed(Exception error, TaskKey task, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} old rounds were pruned")]
    private partial void LogPruned(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not be pruned")]
    private partial void LogPruneFailed(Exception error);
}
