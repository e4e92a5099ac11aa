using System.Collections.Immutable;
using Kdoctor.Core.Addresses;

namespace Kdoctor.Core.Planning;

/// <summary>
/// Who probes which targets, at what rate, until when, and what was left out and why. The targets are listed once for the whole round,
/// and an agent that probes all of them says so in one word, so that the plan grows with the cluster and not with its square.
/// </summary>
public sealed record RoundPlan
{
    /// <summary>The round.</summary>
    public required RoundId Id { get; init; }

    /// <summary>The task's name and kind, for the agents' counters and for reports.</summary>
    public required string TaskName { get; init; }

    /// <summary>The task's kind, as its manifest spells it.</summary>
    public required string TaskKind { get; init; }

    /// <summary>The generation of the task's spec that was planned.</summary>
    public required long Generation { get; init; }

    /// <summary>When the round was due.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>When the agents begin.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When the round ends, whatever is missing.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>The load on each target from each agent.</summary>
    public required LoadPlan Load { get; init; }

    /// <summary>Every target of the round; a target's <see cref="Target.Index"/> is its place here.</summary>
    public required ImmutableArray<Target> Targets { get; init; }

    /// <summary>Who probes.</summary>
    public required ImmutableArray<AgentPlan> Agents { get; init; }

    /// <summary>What the task asked for and this round cannot test.</summary>
    public required ImmutableArray<LeftOut> LeftOut { get; init; }

    /// <summary>Which addresses the targets of users may have; those of the mesh are the agents' own.</summary>
    public AddressRule Addresses { get; init; } = AddressRule.Strict;

    /// <summary>Why the round asks nobody for anything; null when it is an ordinary one.</summary>
    public string? NotRun { get; init; }

    /// <summary>Facts about the place, from the snapshot.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The same round, asking nobody for anything.</summary>
    /// <param name="reason">Why, and what would change it.</param>
    public RoundPlan WithoutLoad(string reason) => this with { NotRun = reason, Targets = [], Agents = [], LeftOut = [] };

    /// <summary>Whether a target's index, as some agent said it, is one of this plan's.</summary>
    public bool Holds(int target) => target >= 0 && target < Targets.Length;

    /// <summary>The targets of one agent.</summary>
    public IEnumerable<Target> TargetsOf(AgentPlan agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return agent.Targets is { } indexes ? indexes.Select(index => Targets[index]) : Targets;
    }
}

/// <summary>One agent's part of a round.</summary>
/// <param name="Agent">Who.</param>
/// <param name="Targets">Indexes of its targets; null for all of the round's.</param>
public sealed record AgentPlan(AgentInfo Agent, ImmutableArray<int>? Targets);

/// <summary>The load that one agent puts on one target.</summary>
/// <param name="RequestsPerSecond">Greater than 0.</param>
/// <param name="Duration">How long requests are started.</param>
/// <param name="RequestTimeout">From a request's intended start to its end.</param>
public sealed record LoadPlan(double RequestsPerSecond, TimeSpan Duration, TimeSpan RequestTimeout)
{
    /// <summary>How many requests the timetable of one target holds: rate times duration, rounded to the nearest.</summary>
    public long RequestsPerTarget => (long)Math.Round(RequestsPerSecond * Duration.TotalSeconds, MidpointRounding.AwayFromZero);
}

/// <summary>Something that the task asked for and that cannot be tested now.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Family">The family; null when the channel lacks both.</param>
/// <param name="Reason">Why, and what would change it.</param>
public sealed record LeftOut(Channel Channel, IpFamily? Family, string Reason);
