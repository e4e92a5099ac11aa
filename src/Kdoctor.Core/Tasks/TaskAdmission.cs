using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Kdoctor.Core.Tasks;

/// <summary>What an API server asks before it stores a task.</summary>
public static class TaskAdmission
{
    /// <summary>
    /// The object with every default filled in, and all problems; it must be stored only when there are none. The given object is not changed.
    /// Where the object is none of ours it comes back as it was, with a problem that says so.
    /// </summary>
    public static (JsonObject Defaulted, ImmutableArray<Problem> Problems) Admit(JsonObject document, TaskLimits limits)
    {
        ArgumentNullException.ThrowIfNull(document);
        var reading = TaskReader.Read(document, limits);
        return (reading.Defaulted ?? document.DeepClone().AsObject(), reading.Problems);
    }
}
