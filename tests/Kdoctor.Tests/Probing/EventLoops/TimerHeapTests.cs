using CsCheck;
using Kdoctor.Probing.EventLoops;
using Xunit;

namespace Kdoctor.Tests.Probing.EventLoops;

public sealed class TimerHeapTests
{
    // (timer, due): a negative due disarms it.
    private static readonly Gen<(int Timer, long Due)[]> Orders = Gen.Select(Gen.Int[0, 99], Gen.Long[-30, 100]).Array[0, 400];

    [Fact]
    public void Timers_come_in_the_order_they_are_due_however_they_were_armed_moved_and_disarmed() => Orders.Sample(orders =>
    {
        var timers = Enumerable.Range(0, 100).Select(_ => new LoopTimer(() => { }, () => { })).ToArray();
        var (heap, expected) = (new TimerHeap(), new Dictionary<LoopTimer, long>());
        foreach (var (timer, due) in orders)
        {
            if (due < 0)
            {
                heap.Disarm(timers[timer]);
                expected.Remove(timers[timer]);
            }
            else
            {
                heap.Arm(timers[timer], due);
                expected[timers[timer]] = due;
            }
        }
        var drained = new List<long>();
        while (heap.Next is { } next)
        {
            Assert.Equal(expected[next], next.DueNs);
            drained.Add(next.DueNs);
            heap.Disarm(next);
            Assert.False(next.Armed);
        }
        Assert.Equal(expected.Values.Order(), drained);
    });
}
