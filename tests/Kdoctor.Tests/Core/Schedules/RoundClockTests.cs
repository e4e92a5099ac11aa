using Kdoctor.Core.Schedules;
using Xunit;

namespace Kdoctor.Tests.Core.Schedules;

public sealed class RoundClockTests
{
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RoundSchedule EveryMinute = new FixedSchedule(TimeSpan.Zero, TimeSpan.FromMinutes(1));

    [Fact]
    public void Before_the_first_due_time_it_waits_until_then() =>
        Assert.Equal(new WaitDecision(At(300), null), Decide(new FixedSchedule(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60)), 1, StartedRounds.None, 10));

    [Fact]
    public void A_due_round_starts() => Assert.Equal(new StartDecision(1, At(0), null), Decide(EveryMinute, null, StartedRounds.None, 0));

    [Fact]
    public void A_round_may_start_ten_seconds_late() => Assert.Equal(new StartDecision(3, At(120), null), Decide(EveryMinute, null, Done(2, 60), 130));

    [Fact]
    public void Later_than_that_it_is_missed_and_the_next_is_waited_for() =>
        Assert.Equal(new WaitDecision(At(180), new MissedRounds(1, At(120), At(120))), Decide(EveryMinute, null, Done(2, 60), 131));

    [Fact]
    public void The_next_start_tells_what_was_missed_and_uses_up_no_number() =>
        Assert.Equal(new StartDecision(3, At(600), new MissedRounds(8, At(120), At(540))), Decide(EveryMinute, null, Done(2, 60), 601));

    [Theory]
    [InlineData(120, 179, true)]
    [InlineData(120, 180, true)]
    [InlineData(120, 192, false)]
    [InlineData(121, 150, false)]
    [InlineData(60, 150, false)]
    public void A_round_that_was_held_back_may_start_until_the_next_due_time(double held, double now, bool starts)
    {
        var decision = Decide(EveryMinute, null, Done(2, 60) with { Held = At(held) }, now);
        Assert.Equal(starts, decision is StartDecision);
        if (now < 180 && starts)
            Assert.Equal(new StartDecision(3, At(120), null), decision);
    }

    [Fact]
    public void A_held_round_tells_what_was_missed_before_it() => Assert.Equal(
        new StartDecision(3, At(180), new MissedRounds(1, At(120), At(120))), Decide(EveryMinute, null, Done(2, 60) with { Held = At(180) }, 220));

    [Fact]
    public void With_a_short_interval_a_round_may_start_half_of_it_late()
    {
        var schedule = new FixedSchedule(TimeSpan.Zero, TimeSpan.FromSeconds(2));

        Assert.Equal(new StartDecision(2, At(2), null), Decide(schedule, null, Done(1, 0), 3));
        Assert.Equal(new WaitDecision(At(4), new MissedRounds(1, At(2), At(2))), Decide(schedule, null, Done(1, 0), 3.5));
    }

    [Fact]
    public void While_a_round_runs_nothing_starts() =>
        Assert.Equal(new WaitDecision(At(120), null), Decide(EveryMinute, null, new StartedRounds(1, At(0), true), 60));

    [Fact]
    public void What_comes_due_while_a_round_runs_is_missed() =>
        Assert.Equal(new WaitDecision(At(180), new MissedRounds(2, At(60), At(120))), Decide(EveryMinute, null, new StartedRounds(1, At(0), true), 150));

    [Fact]
    public void A_round_that_ends_at_the_next_due_time_leaves_that_one_to_start() =>
        Assert.Equal(new StartDecision(2, At(60), null), Decide(EveryMinute, null, Done(1, 0), 60.2));

    [Fact]
    public void The_only_round_starts_late_rather_than_never()
    {
        Assert.Equal(new StartDecision(1, At(0), null), Decide(EveryMinute, 1, StartedRounds.None, 10));
        Assert.Equal(new StartDecision(1, At(0), null), Decide(EveryMinute, 1, StartedRounds.None, 45));
        Assert.Equal(new StartDecision(1, At(0), null), Decide(EveryMinute, 1, StartedRounds.None, 86_400));
    }

    [Fact]
    public void The_first_of_many_rounds_starts_late_rather_than_an_interval_later()
    {
        Assert.Equal(new StartDecision(1, At(0), null), Decide(EveryMinute, 3, StartedRounds.None, 45));
        Assert.Equal(new WaitDecision(At(120), new MissedRounds(2, At(0), At(60))), Decide(EveryMinute, 3, StartedRounds.None, 75));
    }

    [Fact]
    public void The_only_round_of_a_crontab_keeps_to_the_wall_clock()
    {
        var nightly = ScheduleText.Parse("0 3 * * *", out _)!;

        Assert.Equal(
            new WaitDecision(Created.AddHours(39), new MissedRounds(1, Created.AddHours(15), Created.AddHours(15))),
            RoundClock.Decide(nightly, Created, 1, StartedRounds.None, Created.AddHours(20)));
    }

    [Fact]
    public void After_the_last_round_it_is_finished_even_while_that_runs()
    {
        Assert.IsType<FinishedDecision>(Decide(EveryMinute, 2, new StartedRounds(2, At(60), true), 61));
        Assert.IsType<FinishedDecision>(Decide(EveryMinute, 2, Done(2, 60), 3600));
        Assert.IsType<FinishedDecision>(Decide(EveryMinute, 1, Done(2, 60), 3600));
    }

    [Fact]
    public void Start_now_makes_the_first_round_due_at_creation()
    {
        var schedule = new ImmediateSchedule(new FixedSchedule(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60)));

        Assert.Equal(new StartDecision(1, At(0), null), Decide(schedule, null, StartedRounds.None, 1));
        Assert.Equal(new WaitDecision(At(300), null), Decide(schedule, null, Done(1, 0), 5));
    }

    [Fact]
    public void A_clock_that_was_set_back_repeats_nothing() =>
        Assert.Equal(new WaitDecision(At(660), null), Decide(EveryMinute, null, Done(9, 600), 30));

    /// <summary>C11, a task stopped for ever after an outage of the controller. Against the defect: the delay to a time that has passed is negative, and nothing looks at the task again.</summary>
    /// <remarks>Seen red: RoundClock waits until the due time that has passed.</remarks>
    [Fact]
    public void C11_a_controller_that_was_away_past_a_rounds_deadline_goes_on_with_the_next_round()
    {
        var wait = Assert.IsType<WaitDecision>(Decide(EveryMinute, null, Done(2, 60), (86_400 * 3) + 30));

        Assert.Equal(At((86_400 * 3) + 60), wait.Until);
        Assert.Equal(new MissedRounds(4319, At(120), At(86_400 * 3)), wait.Missed);
        Assert.Equal(3, Assert.IsType<StartDecision>(RoundClock.Decide(EveryMinute, Created, null, Done(2, 60), wait.Until)).Number);
    }

    [Fact]
    public void A_year_of_missed_seconds_is_counted_up_to_a_bound()
    {
        var crontab = ScheduleText.Parse("* * * * * *", out _)!;

        var start = Assert.IsType<StartDecision>(RoundClock.Decide(crontab, Created, null, Done(1, 1), Created.AddDays(365)));

        Assert.Equal(RoundSchedule.MaxCount, start.Missed!.Count);
    }

    [Fact]
    public void The_round_after_a_superseded_one_is_the_first_of_the_new_spec_and_none_is_lost()
    {
        var superseded = new StartedRounds(1, At(0), false) { Superseded = 1, Since = At(25), LastSuperseded = true };

        Assert.Equal(new StartDecision(2, At(25), null), Decide(EveryMinute, 1, superseded, 25));
        Assert.Equal(new StartDecision(2, At(25), null), Decide(EveryMinute, 1, superseded, 4000));
        Assert.Equal(new WaitDecision(At(325), null), Decide(new FixedSchedule(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60)), 1, superseded, 25));
        Assert.IsType<FinishedDecision>(Decide(EveryMinute, 1, superseded with { LastNumber = 2, LastDue = At(25), LastSuperseded = false }, 30));
    }

    [Fact]
    public void Where_no_round_counts_any_more_the_next_one_is_a_first_one()
    {
        var anew = new StartedRounds(3, At(120), false) { Superseded = 3, Since = At(4000) };

        Assert.Equal(new StartDecision(4, At(4000), null), Decide(EveryMinute, 3, anew, 4000));
        Assert.Equal(new StartDecision(4, At(4000), null), Decide(EveryMinute, 1, anew, 9000));
        Assert.Equal(new WaitDecision(At(4300), null), Decide(new FixedSchedule(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60)), 3, anew, 4000));
    }

    [Fact]
    public void After_an_edit_the_schedule_counts_from_there()
    {
        var replaced = new StartedRounds(2, At(25), false) { Superseded = 1, Since = At(25) };

        Assert.Equal(new WaitDecision(At(85), null), Decide(EveryMinute, null, replaced, 30));
        Assert.Equal(new StartDecision(3, At(85), null), Decide(EveryMinute, 2, replaced, 85));
    }

    [Fact]
    public void An_edit_at_the_very_due_time_loses_nothing() =>
        Assert.Equal(new StartDecision(2, At(0), null), Decide(EveryMinute, 1, new StartedRounds(1, At(0), false) { Superseded = 1, Since = At(0), LastSuperseded = true }, 0));

    [Fact]
    public void An_edited_crontab_keeps_to_the_wall_clock()
    {
        var nightly = ScheduleText.Parse("0 3 * * *", out _)!;
        var superseded = new StartedRounds(1, Created.AddHours(15), false) { Superseded = 1, Since = Created.AddHours(15.1), LastSuperseded = true };

        Assert.Equal(new WaitDecision(Created.AddHours(39), null), RoundClock.Decide(nightly, Created, 1, superseded, Created.AddHours(15.1)));
    }

    private static RoundDecision Decide(RoundSchedule schedule, int? rounds, StartedRounds progress, double seconds) =>
        RoundClock.Decide(schedule, Created, rounds, progress, At(seconds));

    private static StartedRounds Done(int number, double due) => new(number, At(due), false);

    private static DateTimeOffset At(double seconds) => Created.AddSeconds(seconds);
}
