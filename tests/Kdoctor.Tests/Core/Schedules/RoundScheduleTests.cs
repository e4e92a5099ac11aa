using CsCheck;
using Kdoctor.Core.Schedules;
using Xunit;

namespace Kdoctor.Tests.Core.Schedules;

public sealed class RoundScheduleTests
{
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 12, 0, 7, TimeSpan.Zero);

    [Fact]
    public void After_is_strictly_after_and_the_nearest_one() =>
        Gen.Select(ScheduleGen.Any, Gen.Long[-TimeSpan.TicksPerDay, 3 * TimeSpan.TicksPerDay]).Sample((schedule, ticks) =>
        {
            var instant = Created.AddTicks(ticks);
            var next = schedule.After(Created, instant)!.Value;

            Assert.True(next > instant);
            Assert.True(next >= schedule.First(Created));
            Assert.Equal(next, schedule.After(Created, next.AddTicks(-1)));
            Assert.True(schedule.After(Created, next) > next);
        });

    [Fact]
    public void The_first_is_the_one_after_any_instant_before_it() =>
        Gen.Select(ScheduleGen.Any, Gen.Long[1, TimeSpan.TicksPerDay]).Sample((schedule, ticks) =>
            Assert.Equal(schedule.First(Created), schedule.After(Created, schedule.First(Created) > Created ? Created : Created.AddTicks(-ticks))));

    [Fact]
    public void Counting_by_arithmetic_is_counting_one_by_one() =>
        Gen.Select(ScheduleGen.Any, Gen.Long[-TimeSpan.TicksPerHour, TimeSpan.TicksPerHour], Gen.Long[0, TimeSpan.TicksPerHour]).Sample((schedule, ticks, length) =>
        {
            var (after, before) = (Created.AddTicks(ticks), Created.AddTicks(ticks + length));
            var count = 0;
            for (var due = schedule.After(Created, after); due < before; due = schedule.After(Created, due.Value))
                count++;

            Assert.Equal(count, schedule.CountBetween(Created, after, before));
        });

    /// <summary>Seen red: a crontab's round had its whole timeout, an hour by default, and one silent agent made eleven rounds of */5 missed.</summary>
    [Fact]
    public void A_due_time_leaves_room_until_the_next_and_never_less_than_the_shortest_interval() =>
        Gen.Select(ScheduleGen.Any, Gen.Long[0, 3 * TimeSpan.TicksPerDay]).Sample((schedule, ticks) =>
        {
            var due = schedule.After(Created, Created.AddTicks(ticks))!.Value;
            var room = schedule.RoomAt(due)!.Value;

            Assert.Equal(schedule.After(Created, due), due + room);
            Assert.True(room >= schedule.ShortestInterval);
        });

    [Theory]
    [InlineData("0 5", 300)]
    [InlineData("@every 90s", 90)]
    [InlineData("*/5 * * * *", 300)]
    [InlineData("*/7 * * * *", 240)]
    [InlineData("0 3 * * *", 86_400)]
    [InlineData("0 0 28,29 2 *", 86_400)]
    [InlineData("0,50 0,59 0,23 1,31 1,12 *", 10)]
    [InlineData("0 0 29 2 *", 1461 * 86_400)]
    public void The_shortest_interval_is_found(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ScheduleText.Parse(text, out _)!.ShortestInterval);

    [Theory]
    [InlineData("*/5 * * * *", 300)]
    [InlineData("1 60", 3600)]
    public void A_round_that_begins_at_once_has_as_much_room_as_the_one_that_follows(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new ImmediateSchedule(ScheduleText.Parse(text, out _)!).RoomAt(new DateTimeOffset(2026, 3, 1, 12, 4, 58, TimeSpan.Zero)));

    [Fact]
    public void The_last_representable_instant_has_none_after_it()
    {
        var schedule = new FixedSchedule(TimeSpan.Zero, TimeSpan.FromDays(36_500));

        Assert.Null(schedule.After(Created, DateTimeOffset.MaxValue));
        Assert.Equal(DateTimeOffset.MaxValue, new FixedSchedule(TimeSpan.FromDays(1), TimeSpan.FromDays(1)).First(DateTimeOffset.MaxValue));
    }
}
