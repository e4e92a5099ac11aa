using CsCheck;
using Kdoctor.Core.Schedules;
using Xunit;

namespace Kdoctor.Tests.Core.Schedules;

/// <summary>A controller is played over random schedules, outages and round lengths; only the progress is remembered, as over a restart.</summary>
public sealed class RoundClockPropertyTests
{
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 12, 0, 7, TimeSpan.Zero);

    /// <summary>Seconds until the controller looks again, and whether a running round has ended then.</summary>
    private static readonly Gen<(double Pause, bool Ends)[]> Life =
        Gen.Select(Gen.OneOf(Gen.Double[0, 2], Gen.Double[0, 60], Gen.Double[0, 4000]), Gen.Bool).Array[1, 60];

    [Fact]
    public void No_due_time_has_two_rounds_numbers_are_consecutive_and_none_starts_in_the_past_or_future() =>
        Gen.Select(ScheduleGen.Any, Gen.Int[1, 12], Gen.Bool, Life).Sample((schedule, count, forever, life) =>
        {
            int? rounds = forever ? null : count;
            var progress = StartedRounds.None;
            var now = Created;
            foreach (var (pause, ends) in life)
            {
                now = now.AddSeconds(pause);
                if (ends)
                    progress = progress with { Running = false };
                if (RoundClock.Decide(schedule, Created, rounds, progress, now) is not StartDecision start)
                    continue;

                Assert.False(progress.Running);
                Assert.Equal(progress.LastNumber + 1, start.Number);
                Assert.True(start.Number <= (rounds ?? int.MaxValue));
                Assert.True(progress.LastDue is null || start.Due > progress.LastDue);
                Assert.True(start.Due <= now);
                Assert.True(now - start.Due <= RoundClock.Tolerance || rounds == 1 || (start.Number == 1 && now - start.Due < schedule.Interval));
                Assert.Equal(start.Due, schedule.After(Created, start.Due.AddTicks(-1)));
                progress = new StartedRounds(start.Number, start.Due, true);
            }
        });

    [Fact]
    public void C11_no_wait_is_negative_and_deciding_twice_decides_the_same() =>
        Gen.Select(ScheduleGen.Any, Life).Sample((schedule, life) =>
        {
            var progress = StartedRounds.None;
            var now = Created;
            foreach (var (pause, ends) in life)
            {
                now = now.AddSeconds(pause);
                progress = progress with { Running = progress.Running && !ends };
                var decision = RoundClock.Decide(schedule, Created, null, progress, now);

                Assert.Equal(decision, RoundClock.Decide(schedule, Created, null, progress, now));
                if (decision is WaitDecision wait)
                    Assert.True(wait.Until > now);
                else if (decision is StartDecision start)
                    progress = new StartedRounds(start.Number, start.Due, true);
            }
        });

    [Fact]
    public void Every_due_time_up_to_the_newest_round_was_started_or_told_as_missed() =>
        Gen.Select(ScheduleGen.Fixed, Life).Sample((schedule, life) =>
        {
            var progress = StartedRounds.None;
            var now = Created;
            var told = 0L;
            foreach (var (pause, ends) in life)
            {
                now = now.AddSeconds(pause);
                progress = progress with { Running = progress.Running && !ends };
                if (RoundClock.Decide(schedule, Created, null, progress, now) is not StartDecision start)
                    continue;
                told += 1 + (start.Missed?.Count ?? 0);
                progress = new StartedRounds(start.Number, start.Due, true);
                Assert.Equal(told, 1 + ((start.Due - schedule.First(Created)) / schedule.Interval!.Value), precision: 6);
            }
        });

    [Fact]
    public void However_often_a_task_is_edited_as_many_rounds_run_to_their_end_as_it_asks_for() =>
        Gen.Select(ScheduleGen.Fixed, Gen.Int[1, 5], Gen.Bool.Array[0, 10]).Sample((schedule, rounds, edits) =>
        {
            var started = StartedRounds.None;
            var (now, ran) = (Created, 0);
            for (var turn = 0; RoundClock.Decide(schedule, Created, rounds, started, now) is not FinishedDecision; turn++)
            {
                if (RoundClock.Decide(schedule, Created, rounds, started, now) is WaitDecision wait)
                    now = wait.Until;
                var start = Assert.IsType<StartDecision>(RoundClock.Decide(schedule, Created, rounds, started, now));
                var edited = turn < edits.Length && edits[turn];
                started = started with { LastNumber = start.Number, LastDue = start.Due, LastSuperseded = edited };
                if (edited)
                    started = started with { Superseded = started.Superseded + 1, Since = now = now.AddSeconds(1) };
                else
                    ran++;
            }
            Assert.Equal(rounds, ran);
        });

    [Fact]
    public void A_restart_within_the_tolerance_neither_skips_nor_repeats_a_round() =>
        Gen.Select(ScheduleGen.Fixed, Gen.Double[0, 0.49].Array[1, 40]).Sample((schedule, outages) =>
        {
            var progress = StartedRounds.None;
            var now = Created;
            foreach (var outage in outages)
            {
                if (RoundClock.Decide(schedule, Created, null, progress, now) is WaitDecision wait)
                {
                    Assert.Null(wait.Missed);
                    now = wait.Until;
                }

                now = now.AddSeconds(outage);
                var start = Assert.IsType<StartDecision>(RoundClock.Decide(schedule, Created, null, progress, now));
                Assert.Null(start.Missed);
                Assert.Equal(schedule.First(Created) + (progress.LastNumber * schedule.Interval!.Value), start.Due);
                progress = new StartedRounds(start.Number, start.Due, false);
            }
        });
}
