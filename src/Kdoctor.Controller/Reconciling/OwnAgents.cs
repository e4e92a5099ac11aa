using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// When a task's own agents are wanted:
/// 1. A task without an <c>agentSpec</c> has none; those of an earlier spec go.
/// 2. They are there from the task's creation on, so that its first round finds them, and until <c>terminationGracePeriodMinutes</c> after the last round.
/// 3. What went wrong is tried again.
/// </summary>
internal sealed class OwnAgents(ITaskRuntimes runtimes, TaskEvents events, TimeProvider time)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    /// <summary>Makes it so.</summary>
    /// <returns>What the status says of it, null where there is nothing to say; and when to look again, null for never.</returns>
    public async Task<(RuntimeState? State, DateTimeOffset? Again)> SettleAsync(
        TaskDefinition task, JsonObject? before, RoundRow? last, RoundDecision decision, CancellationToken cancellation)
    {
        var known = before?["resource"]?.Deserialize(StatusJson.Default.TaskResourceStatus);
        var (state, again) = await MakeSoAsync(task, known, Until(task, last, decision), cancellation).ConfigureAwait(false);
        if (state?.Problem is not { } problem)
            return (state, again);
        await events.WarnAsync(task, "AgentsNotMade", problem, cancellation).ConfigureAwait(false);
        return (state, time.GetUtcNow() + Retry);
    }

    /// <summary>Forgets a task that is gone.</summary>
    public void Forget(TaskKey task) => runtimes.Forget(task);

    /// <summary>Whether a task's status says it already.</summary>
    public static bool IsTold(RuntimeState state, JsonObject? before) =>
        before?["resource"]?.Deserialize(StatusJson.Default.TaskResourceStatus) == state.Resource;

    private async Task<(RuntimeState? State, DateTimeOffset? Again)> MakeSoAsync(
        TaskDefinition task, TaskResourceStatus? known, DateTimeOffset? until, CancellationToken cancellation)
    {
        var over = task.OwnAgents is null || until <= time.GetUtcNow();
        if (!over)
            return (await runtimes.KeepAsync(task, cancellation).ConfigureAwait(false), until);
        if (known is null or { RuntimeStatus: "deleted" })
            return (null, null);
        return (await runtimes.RemoveAsync(task, known, cancellation).ConfigureAwait(false), null);
    }

    // Null while rounds may come.
    private static DateTimeOffset? Until(TaskDefinition task, RoundRow? last, RoundDecision decision) =>
        decision is FinishedDecision && last is { State: RoundState.Ended, Ended: { } ended } && task.OwnAgents is { } own
            ? ended + TimeSpan.FromMinutes(own.TerminationGracePeriodMinutes) : null;
}
