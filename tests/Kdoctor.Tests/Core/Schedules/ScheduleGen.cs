using CsCheck;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Tests.Core.Schedules;

/// <summary>Schedules of every sort.</summary>
internal static class ScheduleGen
{
    public static Gen<RoundSchedule> Fixed { get; } =
        Gen.Select(Gen.Int[0, 300], Gen.Int[1, 600]).Select(RoundSchedule (delay, every) => new FixedSchedule(TimeSpan.FromSeconds(delay), TimeSpan.FromSeconds(every)));

    private static readonly Gen<RoundSchedule> Cron =
        Gen.OneOf(Gen.Const("* * * * *"), Gen.Const("*/5 * * * *"), Gen.Const("0 3 * * *"), Gen.Const("*/7 * * * * *"), Gen.Const("5,6,50 * * * *")).Select(text => ScheduleText.Parse(text, out _)!);

    public static Gen<RoundSchedule> Any { get; } =
        Gen.OneOf(Fixed, Cron, Gen.OneOf(Fixed, Cron).Select(RoundSchedule (then) => new ImmediateSchedule(then)));
}
