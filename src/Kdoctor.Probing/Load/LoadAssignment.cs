using System.Collections.Immutable;
using Kdoctor.Core.Addresses;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Load;

/// <summary>The load that one agent puts on its targets in one round.</summary>
public sealed record LoadAssignment
{
    /// <summary>The most requests under way at once, by default; a descriptor each.</summary>
    public const int DefaultMaxOutstanding = 10_000;

    /// <summary>From the call of <see cref="LoadRunner.Start"/> to the start of the timetable; negative counts as 0.</summary>
    public TimeSpan StartIn { get; init; }

    /// <summary>Rate per target, duration and request timeout.</summary>
    public required LoadPlan Load { get; init; }

    /// <summary>The agent's place in the mesh, 0..1: agents of different phase do not fire at once.</summary>
    public double Phase { get; init; }

    /// <summary>
    /// Whether there is no timetable: whenever fewer than <see cref="MaxOutstanding"/> requests are under way, another begins, until
    /// the load's duration has passed; its rate is not looked at. A closed loop: it measures how much a target can answer, and because a slow
    /// answer holds later requests back, its latencies say nothing about what users of a given rate would wait.
    /// </summary>
    public bool FullSpeed { get; init; }

    /// <summary>What to probe; may be empty.</summary>
    public required ImmutableArray<LoadTarget> Targets { get; init; }

    /// <summary>
    /// The most requests under way at once. A request that is due meanwhile waits for its turn, as late as that makes it; one that is later
    /// than half the request timeout is never sent and counts as unsent: what is left would be no fair trial of the network.
    /// </summary>
    public int MaxOutstanding { get; init; } = DefaultMaxOutstanding;

    /// <summary>
    /// The most connections that lie open between requests to one target, 0 or more; those of all targets are <see cref="MaxOutstanding"/> at most. A timetable may have
    /// more of them busy at once, after a stall: what is above is closed when its answer is whole, and counted (<see cref="TargetShard.SurplusConnections"/>).
    /// </summary>
    public int MaxKeptPerTarget { get; init; } = 1024;
}

/// <summary>One target of an assignment.</summary>
/// <param name="Index">Its place in the round's plan.</param>
/// <param name="Probe">How it is probed.</param>
public sealed record LoadTarget(int Index, ProbePlan Probe);

/// <summary>How a target is probed: the protocol and all it needs to know.</summary>
public abstract record ProbePlan
{
    /// <summary>Which addresses the target may have; null for any, where whoever probes has chosen it for themselves.</summary>
    public AddressRule? Addresses { get; init; }

    /// <summary>Looks for what <see cref="Create"/> could not work with, so that whoever asked is told.</summary>
    /// <exception cref="ArgumentException">There is something.</exception>
    internal virtual void Check()
    {
    }

    /// <summary>Makes what sends the requests, on the loop's thread at the start of a run.</summary>
    internal abstract Probe Create(ProbeSite site);
}
