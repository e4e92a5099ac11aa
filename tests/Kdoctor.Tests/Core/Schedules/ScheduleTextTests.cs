using Kdoctor.Core.Schedules;
using Xunit;

namespace Kdoctor.Tests.Core.Schedules;

public sealed class ScheduleTextTests
{
    private static readonly DateTimeOffset Created = new(2026, 1, 31, 23, 59, 30, TimeSpan.Zero);

    [Theory]
    [InlineData("0 60", 0, 3600)]
    [InlineData("1 60", 60, 3600)]
    [InlineData(" 0\t1 ", 0, 60)]
    [InlineData("10s 30s", 10, 30)]
    [InlineData("0 1m30s", 0, 90)]
    [InlineData("@every 10s", 0, 10)]
    [InlineData("@every 1m30s", 0, 90)]
    [InlineData("@every 1h", 0, 3600)]
    [InlineData("@every 1.5m", 0, 90)]
    [InlineData("@every 1000ms", 0, 1)]
    public void Delay_and_interval_are_read(string text, int delaySeconds, int intervalSeconds)
    {
        Assert.Equal(new FixedSchedule(TimeSpan.FromSeconds(delaySeconds), TimeSpan.FromSeconds(intervalSeconds)), ScheduleText.Parse(text, out var reason));
        Assert.Empty(reason);
    }

    [Theory]
    [InlineData("*/5 * * * *", "2026-02-01T00:00:00Z", "2026-02-01T00:05:00Z")]
    [InlineData("0 3 * * *", "2026-02-01T03:00:00Z", "2026-02-02T03:00:00Z")]
    [InlineData("0 0 29 2 *", "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z")]
    [InlineData("*/20 * * * * *", "2026-01-31T23:59:40Z", "2026-02-01T00:00:00Z")]
    public void A_crontab_is_in_UTC(string text, string first, string second)
    {
        var schedule = ScheduleText.Parse(text, out _)!;

        Assert.Equal(DateTimeOffset.Parse(first, null), schedule.First(Created));
        Assert.Equal(DateTimeOffset.Parse(first, null), schedule.First(Created.ToOffset(TimeSpan.FromHours(8))));
        Assert.Equal(DateTimeOffset.Parse(second, null), schedule.After(Created, schedule.First(Created)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("0 0")]
    [InlineData("0 -1")]
    [InlineData("0 1 2 3")]
    [InlineData("@every")]
    [InlineData("@every 10")]
    [InlineData("@every -10s")]
    [InlineData("@every 10s 20s")]
    [InlineData("@every 1d")]
    [InlineData("0 999999999999")]
    [InlineData("0 99999999999999999999")]
    [InlineData("* * * * 8")]
    [InlineData("0 0 31 4 *")]
    [InlineData("a b c d e")]
    public void Anything_else_has_a_reason(string text)
    {
        Assert.Null(ScheduleText.Parse(text, out var reason));
        Assert.NotEmpty(reason);
        Assert.DoesNotContain('\n', reason);
    }

    [Fact]
    public void A_very_long_text_is_refused_at_once() => Assert.Null(ScheduleText.Parse(new string('*', 100_000), out _));

    [Fact]
    public void Equal_crontabs_are_equal_schedules() => Assert.Equal(ScheduleText.Parse("0 3 * * *", out _), ScheduleText.Parse("0  3 * * *", out _));
}
