using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Storage;

/// <summary>What happened to an object.</summary>
public enum WatchEventType
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It changed.</summary>
    Modified,

    /// <summary>It is gone.</summary>
    Deleted,
}

/// <summary>One change.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Item">The object after the change; after a deletion its last state, at the version of the deletion.</param>
/// <param name="Previous">The object before; null for an addition. Selectors need it: what stops matching is a deletion to the watcher.</param>
public sealed record WatchEvent(WatchEventType Type, ApiObject Item, ApiObject? Previous);
