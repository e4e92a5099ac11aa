namespace Kdoctor.Probing.Load;

/// <summary>When which request is due.</summary>
internal abstract class Pace
{
    /// <summary>
    /// The least time between two moments of an open loop: a request is due at the first multiple of it, from the start, that is not before its place in the
    /// timetable, and those of one moment begin together. Waking up costs as much as several requests, and a quarter of a millisecond is still well within the one
    /// that a timetable is kept to.
    /// </summary>
    internal const long GrainNs = 250_000;

    internal static Pace Of(LoadAssignment assignment, long startNs) => assignment switch
    {
        { Targets.IsEmpty: true } => new NoPace(),
        { FullSpeed: true } => new FullSpeedPace(assignment.Targets.Length, startNs, startNs + (assignment.Load.Duration.Ticks * 100)),
        _ => new TimetablePace(new Timetable(assignment.Targets.Length, assignment.Load, assignment.Phase), startNs),
    };

    /// <summary>Whether a request of this number is to begin, now or later.</summary>
    internal abstract bool HasMore(long request, long nowNs);

    /// <summary>When it is to begin, by the loop's clock.</summary>
    internal abstract long IntendedNs(long request, long nowNs);

    /// <summary>Which target it is for.</summary>
    internal abstract int TargetOf(long request);

    private sealed class NoPace : Pace
    {
        internal override bool HasMore(long request, long nowNs) => false;

        internal override long IntendedNs(long request, long nowNs) => nowNs;

        internal override int TargetOf(long request) => 0;
    }

    /// <summary>An open loop: every request has its time, whatever becomes of the others.</summary>
    private sealed class TimetablePace(Timetable timetable, long startNs) : Pace
    {
        private long asked = -1;
        private long answer;

        internal override bool HasMore(long request, long nowNs) => request < timetable.Total;

        // Asked for the same request again and again until it is due.
        internal override long IntendedNs(long request, long nowNs)
        {
            if (asked != request)
            {
                asked = request;
                answer = startNs + ((timetable.IntendedNs(request) + GrainNs - 1) / GrainNs * GrainNs);
            }
            return answer;
        }

        internal override int TargetOf(long request) => timetable.TargetOf(request);
    }

    /// <summary>A closed loop: a request is due as soon as there is room for it.</summary>
    private sealed class FullSpeedPace(int targets, long startNs, long stopNs) : Pace
    {
        internal override bool HasMore(long request, long nowNs) => nowNs < stopNs;

        internal override long IntendedNs(long request, long nowNs) => Math.Max(nowNs, startNs);

        internal override int TargetOf(long request) => (int)(request % targets);
    }
}
