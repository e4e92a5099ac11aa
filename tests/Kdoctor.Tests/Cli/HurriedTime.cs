using Microsoft.Extensions.Time.Testing;

namespace Kdoctor.Tests.Cli;

/// <summary>A clock on which every pause is over at once: it jumps to its end.</summary>
internal sealed class HurriedTime : FakeTimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
            Advance(dueTime);
        return timer;
    }
}
