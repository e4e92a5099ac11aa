using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// When a task's status says for which agents its round waits: at once, and then, where others are awaited than it says, again every five seconds, for
/// agents of a large cluster come by the hundred. One caller at a time: the reconciler.
/// </summary>
internal sealed class AgentWait(TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    // One entry per task at most.
    private readonly Dictionary<TaskKey, DateTimeOffset> told = [];

    /// <summary>Whether the status need not be written for it.</summary>
    public bool IsTold(TaskKey key, TaskDefinition task, WaitingStatus waits, JsonObject? status)
    {
        if (StatusProjection.Waiting(status, task.Generation) is not { } said)
            return false;
        return said.For != WaitingStatus.Agents || said == waits || (said.DueTimeStamp == waits.DueTimeStamp && told.TryGetValue(key, out var last) && time.GetUtcNow() < last + Every);
    }

    /// <summary>Notes that it is written now.</summary>
    public WaitingStatus Tell(TaskKey key, WaitingStatus waits)
    {
        told[key] = time.GetUtcNow();
        return waits;
    }

    /// <summary>Forgets a task that is gone.</summary>
    public void Forget(TaskKey key) => told.Remove(key);
}
