using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>Names a task object: what the work queue holds, and nothing more.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name; may hold dots.</param>
public readonly record struct TaskKey(TaskKind Kind, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Name}";
}
