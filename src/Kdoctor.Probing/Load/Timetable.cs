using Kdoctor.Core.Planning;

namespace Kdoctor.Probing.Load;

/// <summary>
/// The intended start of every request of one agent's load, known before the first is sent (an open loop: no answer moves a later request).
/// Request i of target k starts at <c>offset(k) + i / rate</c> with <c>offset(k) = frac((k + phase) / targets + phase) / rate</c>:
/// one agent's load is even over all its targets; agents of different phase begin at different targets and between each other's instants,
/// so that the load on one target is even over all agents too.
/// </summary>
internal sealed class Timetable
{
    private const double NsPerSecond = 1e9;
    private readonly int targets;
    private readonly int first;
    private readonly double shift;
    private readonly double periodNs;

    /// <param name="targets">1 or more.</param>
    /// <param name="load">Rate, and how long requests are started.</param>
    /// <param name="phase">0..1, the agent's place in the mesh.</param>
    internal Timetable(int targets, LoadPlan load, double phase)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(targets);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(load.RequestsPerSecond);
        if (!double.IsFinite(load.RequestsPerSecond) || !(phase is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(phase), phase, $"needs a finite rate (is {load.RequestsPerSecond}) and a phase of 0..1");
        this.targets = targets;
        periodNs = NsPerSecond / load.RequestsPerSecond;
        shift = (phase / targets) + phase;
        PerTarget = load.RequestsPerTarget;
        Total = checked(PerTarget * targets);

        // The offsets are one ascending run, rotated: it begins at the target with the least.
        for (var target = 1; target < targets; target++)
        {
            if (Offset(target) < Offset(first))
                first = target;
        }
    }

    /// <summary>How many requests each target gets: exactly rate times duration.</summary>
    internal long PerTarget { get; }

    /// <summary>How many requests there are, numbered from 0 in the order of their intended start.</summary>
    internal long Total { get; }

    /// <summary>The target, from 0, of a request.</summary>
    internal int TargetOf(long request) => (int)((first + (request % targets)) % targets);

    /// <summary>Nanoseconds from the start of the load to the intended start of a request.</summary>
    internal long IntendedNs(long request) => (long)(((request / targets) + Offset(TargetOf(request))) * periodNs);

    // In periods, 0..1.
    private double Offset(int target)
    {
        var place = ((double)target / targets) + shift;
        return place - Math.Floor(place);
    }
}
