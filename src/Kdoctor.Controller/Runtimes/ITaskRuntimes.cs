using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Controller.Runtimes;

/// <summary>The agents that tasks have of their own: made, mended and removed. Only the controller that leads may call it.</summary>
internal interface ITaskRuntimes
{
    /// <summary>Raised when a task's runtime changed, with the task. Handlers must be quick.</summary>
    event Action<TaskKey>? Changed;

    /// <summary>Makes what the task's agents consist of, or mends it. Doing it twice changes nothing.</summary>
    Task<RuntimeState> KeepAsync(TaskDefinition task, CancellationToken cancellation);

    /// <summary>Removes it. Doing it twice changes nothing.</summary>
    /// <param name="task">The task, valid or not.</param>
    /// <param name="uid">Its uid: only what belongs to it is removed.</param>
    /// <param name="known">What its status says of it.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    Task<RuntimeState> RemoveAsync(TaskKey task, string uid, TaskResourceStatus known, CancellationToken cancellation);

    /// <summary>Forgets a task that is gone; its objects go with it, by their owner references.</summary>
    void Forget(TaskKey task);
}

/// <summary>A runtime as it is.</summary>
/// <param name="Resource">For the task's status.</param>
/// <param name="Problem">Why it could not be made, mended or removed; null when it could.</param>
internal sealed record RuntimeState(TaskResourceStatus Resource, string? Problem);
