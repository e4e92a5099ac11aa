using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Collecting;

/// <summary>What happened to a round.</summary>
public enum RoundEvent
{
    /// <summary>It is recorded and its agents were told.</summary>
    Began = 1,

    /// <summary>An agent told of its progress, delivered, or was given up; may come often.</summary>
    Progressed = 2,

    /// <summary>It was judged.</summary>
    Ended = 3,

    /// <summary>A shard came after the verdict.</summary>
    Late = 4,

    /// <summary>Its task is gone, and the round with it.</summary>
    Removed = 5,
}

/// <summary>Tells that a round changed.</summary>
/// <param name="Id">The round.</param>
/// <param name="TaskName">Its task.</param>
/// <param name="TaskKind">The task's kind, as manifests spell it.</param>
/// <param name="Event">What happened.</param>
public sealed record RoundNotice(RoundId Id, string TaskName, string TaskKind, RoundEvent Event);
