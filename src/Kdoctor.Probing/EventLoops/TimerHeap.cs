namespace Kdoctor.Probing.EventLoops;

/// <summary>Armed timers in a four-way heap: the next one in O(1), arming, moving and disarming in O(log n) without allocation.</summary>
/// <remarks>It holds as many timers as there are connections, runs and servers on the loop, which bound themselves.</remarks>
internal sealed class TimerHeap
{
    private const int Arity = 4;
    private LoopTimer[] timers = new LoopTimer[64];

    internal int Count { get; private set; }

    internal LoopTimer? Next => Count == 0 ? null : timers[0];

    internal void Arm(LoopTimer timer, long dueNs)
    {
        timer.DueNs = dueNs;
        if (!timer.Armed)
        {
            if (Count == timers.Length)
                Array.Resize(ref timers, Count * 2);
            Place(timer, Count++);
        }
        Sink(Rise(timer));
    }

    internal void Disarm(LoopTimer timer)
    {
        if (!timer.Armed)
            return;
        var hole = timer.HeapIndex;
        timer.HeapIndex = -1;
        var last = timers[--Count];
        timers[Count] = null!;
        if (last == timer)
            return;
        Place(last, hole);
        Sink(Rise(last));
    }

    private LoopTimer Rise(LoopTimer timer)
    {
        var index = timer.HeapIndex;
        while (index > 0)
        {
            var parent = (index - 1) / Arity;
            if (timers[parent].DueNs <= timer.DueNs)
                break;
            Place(timers[parent], index);
            index = parent;
        }
        Place(timer, index);
        return timer;
    }

    private void Sink(LoopTimer timer)
    {
        var index = timer.HeapIndex;
        while (true)
        {
            var first = (index * Arity) + 1;
            if (first >= Count)
                break;
            var least = first;
            for (var child = first + 1; child < Math.Min(first + Arity, Count); child++)
            {
                if (timers[child].DueNs < timers[least].DueNs)
                    least = child;
            }
            if (timers[least].DueNs >= timer.DueNs)
                break;
            Place(timers[least], index);
            index = least;
        }
        Place(timer, index);
    }

    private void Place(LoopTimer timer, int index)
    {
        timers[index] = timer;
        timer.HeapIndex = index;
    }
}
