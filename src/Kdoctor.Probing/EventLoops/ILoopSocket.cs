namespace Kdoctor.Probing.EventLoops;

/// <summary>What the loop calls when a watched descriptor is ready; always on the loop's thread.</summary>
internal interface ILoopSocket
{
    /// <summary>The descriptor is ready.</summary>
    /// <param name="ready">What for.</param>
    void OnReady(Readiness ready);

    /// <summary>A call into it threw: it releases everything it holds and, if someone waits for it, says so there.</summary>
    void OnSurprise();
}

/// <summary>Someone who lives on a loop and must end with it.</summary>
internal interface ILoopTenant
{
    /// <summary>The loop stops: end now, on the loop's thread.</summary>
    void OnLoopStopping();
}

/// <summary>The event bits of epoll (sys/epoll.h).</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,
    Readable = 0x1,
    Writable = 0x4,
    Error = 0x8,
    HungUp = 0x10,

    /// <summary>The peer will send no more (EPOLLRDHUP).</summary>
    PeerFinished = 0x2000,

    /// <summary>Report changes, not levels (EPOLLET).</summary>
    EdgeTriggered = 0x80000000,

    /// <summary>A connection's whole interest, told once.</summary>
    Stream = Readable | Writable | PeerFinished | EdgeTriggered,
}
