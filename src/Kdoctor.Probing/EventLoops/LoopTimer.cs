namespace Kdoctor.Probing.EventLoops;

/// <summary>A moment at which the loop calls back once. Made once with its owner and armed as often as wanted: arming allocates nothing.</summary>
/// <param name="elapsed">What to do then.</param>
/// <param name="surprise">What to do when that throws: release everything and say so to whoever waits.</param>
internal sealed class LoopTimer(Action elapsed, Action surprise)
{
    /// <summary>Its place in the loop's heap; negative when it is not armed.</summary>
    internal int HeapIndex { get; set; } = -1;

    /// <summary>When it is due, in the loop's nanoseconds.</summary>
    internal long DueNs { get; set; }

    internal bool Armed => HeapIndex >= 0;

    internal void Elapse() => elapsed();

    internal void Surprise() => surprise();
}
