using System.Collections.Immutable;

namespace Kdoctor.Core.Verdicts;

/// <summary>What became of a round's agents while it ran, as the place that they run in told it when the round was judged. Each list is about as long as the round has agents, at most.</summary>
public sealed record Aftermath
{
    /// <summary>Nothing became of any.</summary>
    public static Aftermath None { get; } = new();

    /// <summary>Agents that somebody took away.</summary>
    public ImmutableArray<Departure> Departures { get; init; } = [];

    /// <summary>Identities of agents that were not ready all along: their service may not have led to them.</summary>
    public ImmutableArray<string> Unsteady { get; init; } = [];

    /// <summary>Identities of agents that came since the round was planned: their service may have led to them.</summary>
    public ImmutableArray<string> Newcomers { get; init; } = [];
}

/// <summary>An agent that was taken away while a round ran: its pod was deleted, by whomever.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="At">When that was asked for, by the clock of the place, to the second; null when nobody saw it.</param>
public sealed record Departure(string AgentId, DateTimeOffset? At)
{
    /// <summary>It in words, for example <c>its pod was deleted at 2030-05-17T12:00:03Z</c>.</summary>
    public string Words => At is { } at ? FormattableString.Invariant($"its pod was deleted at {at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}") : "its pod was deleted while the round ran";
}
