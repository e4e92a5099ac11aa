using System.Text;
using Kdoctor.Core.Schedules;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>Schedules as users write them: one that goes on forwards, or a reason.</summary>
public static class Schedules
{
    private static readonly DateTimeOffset Created = new(2026, 2, 28, 23, 59, 30, TimeSpan.Zero);

    public static FuzzTarget Target { get; } = new("schedule", Takes, () =>
        new[] { "0 60", "10s 1m30s", "@every 1h2m3.5s", "*/5 1-4,9 * * MON-FRI", "30 0 2 29 2 *", "0 0 L * ?", "1.5m 7" }.Select(Encoding.UTF8.GetBytes));

    private static bool Takes(byte[] bytes)
    {
        if (ScheduleText.Parse(Encoding.UTF8.GetString(bytes), out var reason) is not { } schedule)
        {
            Assert.NotEmpty(reason);
            return false;
        }
        Assert.True(schedule.First(Created) >= Created, "the first round is due before its task was there");
        for (var (due, left) = (schedule.After(Created, Created), 3); due is { } now && left > 0; left--)
        {
            due = schedule.After(Created, now);
            Assert.True(due is null || due > now, "the next round is not due after this one");
        }
        return true;
    }
}
