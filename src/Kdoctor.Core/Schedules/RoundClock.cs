using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Schedules;

/// <summary>
/// Decides what a task's next round is: a pure function, so that asking twice, or after a restart, answers the same.
/// A round starts at most <see cref="Tolerance"/> (or half the interval, where that is shorter) after its due time. A due time that passed
/// by more, because nobody decided or because the previous round still ran, is missed: told with the next start, never made up
/// for, and it uses up no round number. One exception: the first round of a task whose schedule counts from its creation starts late, by up
/// to an interval, so that a task applied while the controller is away is not first looked at an hour later; the only round, by any time.
/// A round that was held back until others have ended may begin until its next due time comes.
/// A round that an edit superseded is none of those that the task asks for, and the schedule starts anew where it ended: the new spec gets
/// all that was asked for, beginning with a first round. So it is where none of the rounds that ran counts any more.
/// </summary>
public static class RoundClock
{
    /// <summary>How late a round may start.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    /// <summary>Decides at <paramref name="now"/>.</summary>
    public static RoundDecision Decide(TaskDefinition task, StartedRounds started, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Decide(task.Schedule, task.Created, task.Rounds, started, now);
    }

    /// <summary>Decides at <paramref name="now"/> for a schedule, the task's creation and its number of rounds (null for ever).</summary>
    public static RoundDecision Decide(RoundSchedule schedule, DateTimeOffset created, int? rounds, StartedRounds started, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(started);

        // 1. All rounds were started.
        if (started.Counted >= rounds)
            return new FinishedDecision();

        // 2. The oldest due time that no round was started for.
        var from = started.Since ?? created;
        var last = started.NextIsFirst ? null : started.LastDue;
        var unstarted = last is { } due ? schedule.After(from, due) : schedule.First(from);
        if (unstarted is not { } oldest)
            return new FinishedDecision();

        // 3. The first round starts late rather than an interval later, the only one rather than never.
        var isDue = !started.Running && oldest <= now;
        if (isDue && last is null && schedule.Interval is { } interval && (rounds == 1 || now - oldest < interval))
            return new StartDecision(started.LastNumber + 1, oldest, null);

        // 4. While a round runs nothing starts.
        if (isDue && (DueNow(schedule, from, oldest, now) ?? DueHeld(schedule, from, started.Held, oldest, now)) is { } start)
            return new StartDecision(started.LastNumber + 1, start, Missed(schedule, from, oldest, start));

        // 5. The next one is computed from now.
        if (oldest > now)
            return new WaitDecision(oldest, null);
        var missed = Missed(schedule, from, oldest, started.Running ? now - WindowAt(schedule, from, now) : now);
        return schedule.After(from, now) is { } next ? new WaitDecision(next, missed) : new FinishedDecision();
    }

    /// <summary>The newest due time that a round may still start for.</summary>
    private static DateTimeOffset? DueNow(RoundSchedule schedule, DateTimeOffset created, DateTimeOffset oldest, DateTimeOffset now)
    {
        DateTimeOffset? newest = null;
        var due = oldest >= now - Tolerance ? oldest : schedule.After(created, (now - Tolerance).AddTicks(-1));
        while (due <= now)
        {
            newest = due;
            due = schedule.After(created, due.Value);
        }

        return newest is { } found && now - found <= WindowAt(schedule, created, found) ? found : null;
    }

    /// <summary>The due time of a round that is held back, unless a newer one has come or the schedule has changed since.</summary>
    private static DateTimeOffset? DueHeld(RoundSchedule schedule, DateTimeOffset created, DateTimeOffset? held, DateTimeOffset oldest, DateTimeOffset now) =>
        held is { } due && due >= oldest && due <= now
        && (due == oldest || schedule.After(created, due.AddTicks(-1)) == due)
        && (schedule.After(created, due) is not { } next || next > now) ? due : null;

    /// <summary>How late the round due at <paramref name="due"/> may start.</summary>
    private static TimeSpan WindowAt(RoundSchedule schedule, DateTimeOffset created, DateTimeOffset due)
    {
        var half = schedule.After(created, due) is { } next ? (next - due) / 2 : Tolerance;
        return half < Tolerance ? half : Tolerance;
    }

    private static MissedRounds? Missed(RoundSchedule schedule, DateTimeOffset created, DateTimeOffset oldest, DateTimeOffset before)
    {
        if (oldest >= before)
            return null;
        var last = oldest;
        if (schedule.Interval is { } interval)
        {
            // Within the last interval before then there is one due time, or, right after the first, none.
            if (schedule.After(created, (before - interval).AddTicks(-1)) is { } newest && newest > oldest && newest < before)
                last = newest;
            return new MissedRounds(Math.Min(RoundSchedule.MaxCount, 1 + schedule.CountBetween(created, oldest, before)), oldest, last);
        }
        var count = 1;
        for (; count < RoundSchedule.MaxCount && schedule.After(created, last) is { } next && next < before; count++)
            last = next;
        return new MissedRounds(count, oldest, last);
    }
}
