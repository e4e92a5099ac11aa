using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// When a task's own agents are wanted:
/// 1. A task without an <c>agentSpec</c> has none; those of an earlier spec go.
/// 2. They are there from the task's creation on, so that its first round finds them, and until <c>terminationGracePeriodMinutes</c> after the last round.
/// 3. A task that is no longer valid has none: nobody asks them anything, and they may have been made with what is not allowed.
/// 4. What went wrong is tried again.
/// </summary>
internal sealed class OwnAgents(ITaskRuntimes runtimes, TaskEvents events, TimeProvider time)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    /// <summary>Makes it so.</summary>
    /// <returns>What the status says of it, null where there is nothing to say; and when to look again, null for never.</returns>
    public async Task<(RuntimeState? State, DateTimeOffset? Again)> SettleAsync(
        TaskDefinition task, JsonObject? before, RoundRow? last, RoundDecision decision, CancellationToken cancellation)
    {
        var until = Until(task, last, decision);
        var key = new TaskKey(task.Kind, task.Name);
        if (task.OwnAgents is null || until <= time.GetUtcNow())
            return await RemoveAsync(key, task.Uid, before, cancellation).ConfigureAwait(false);
        return await ToldAsync(key, task.Uid, await runtimes.KeepAsync(task, cancellation).ConfigureAwait(false), until, cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes what the status knows of; also where the task is not valid.</summary>
    /// <returns>As <see cref="SettleAsync"/>.</returns>
    public async Task<(RuntimeState? State, DateTimeOffset? Again)> RemoveAsync(TaskKey task, string uid, JsonObject? before, CancellationToken cancellation)
    {
        if (before?["resource"]?.Deserialize(StatusJson.Default.TaskResourceStatus) is not { RuntimeStatus: not "deleted" } known)
            return (null, null);
        return await ToldAsync(task, uid, await runtimes.RemoveAsync(task, uid, known, cancellation).ConfigureAwait(false), null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Forgets a task that is gone.</summary>
    public void Forget(TaskKey task) => runtimes.Forget(task);

    /// <summary>Whether a task's status says it already.</summary>
    public static bool IsTold(RuntimeState state, JsonObject? before) =>
        before?["resource"]?.Deserialize(StatusJson.Default.TaskResourceStatus) == state.Resource;

    private async Task<(RuntimeState? State, DateTimeOffset? Again)> ToldAsync(TaskKey task, string uid, RuntimeState state, DateTimeOffset? again, CancellationToken cancellation)
    {
        if (state.Problem is not { } problem)
            return (state, again);
        await events.WarnAsync(task, uid, "AgentsNotMade", problem, cancellation).ConfigureAwait(false);
        return (state, time.GetUtcNow() + Retry);
    }

    // Null while rounds may come.
    private static DateTimeOffset? Until(TaskDefinition task, RoundRow? last, RoundDecision decision) =>
        decision is FinishedDecision && last is { State: RoundState.Ended, Ended: { } ended } && task.OwnAgents is { } own
            ? ended + TimeSpan.FromMinutes(own.TerminationGracePeriodMinutes) : null;
}
