using System.Text.Json.Nodes;

namespace Kdoctor.Controller.Objects;

/// <summary>A whole list of objects, and the version from which a watch continues.</summary>
internal sealed record ObjectList(IReadOnlyList<JsonObject> Items, string ResourceVersion);

/// <summary>One event of a watch.</summary>
/// <param name="Object">The object.</param>
/// <param name="Kind">What happened to it.</param>
internal sealed record ObjectChange(JsonObject Object, ObjectChangeKind Kind);

/// <summary>What happened to an object.</summary>
internal enum ObjectChangeKind
{
    /// <summary>It is new or different.</summary>
    Stored = 1,

    /// <summary>It is gone.</summary>
    Deleted = 2,

    /// <summary>Nothing; the watch is at this version.</summary>
    Bookmark = 3,
}
