using Kdoctor.Core.Tasks;
using MissedRounds = Kdoctor.Core.Reports.MissedRounds;

namespace Kdoctor.Controller.Reconciling;

/// <summary>Missed due times, as the clock tells them and as reports show them.</summary>
internal static class DueTimes
{
    /// <summary>Adds the newest of the missed due times before <paramref name="before"/>.</summary>
    public static MissedRounds? Missed(TaskDefinition task, Core.Schedules.MissedRounds? missed, DateTimeOffset before)
    {
        if (missed is null)
            return null;

        // At most as many steps as the clock itself counted; with a fixed interval, the same by division.
        var last = missed.Since;
        if (task.Schedule.Interval is { } interval)
            last = missed.Since + (interval * (missed.Count - 1));
        for (var step = 1; step < missed.Count && task.Schedule.Interval is null && task.Schedule.After(task.Created, last) is { } next && next < before; step++)
            last = next;
        return new MissedRounds(missed.Count, missed.Since, last);
    }

    /// <summary>What is stored and what is not yet.</summary>
    public static MissedRounds? Sum(MissedRounds? stored, MissedRounds? pending) =>
        stored is null || pending is null
            ? stored ?? pending
            : new MissedRounds(stored.Count + pending.Count, stored.First < pending.First ? stored.First : pending.First, stored.Last > pending.Last ? stored.Last : pending.Last);
}
