using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kdoctor.Probing.EventLoops;

/// <summary>
/// epoll(7) with waits exact to the nanosecond: epoll_pwait2 (Linux 5.11) where the kernel has it and the sandbox allows it, else
/// epoll_wait woken by a timerfd. An eventfd wakes it from other threads.
/// </summary>
internal sealed unsafe class Poller : IDisposable
{
    /// <summary>The most events of one wait.</summary>
    internal const int Capacity = 128;

    // The kernel lets a wait of epoll end late by a share of its length: a 1,000th, a 200th for a niced thread, whatever the timer slack says
    // (select_estimate_accuracy in fs/select.c). A long wait therefore ends early and is taken up again for its last hundredth.
    private const long LongWaitNs = 50_000_000;
    private const long LastShare = 100;

    private const int PreciseWaitNumber = 441;
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const ulong OwnDescriptor = ulong.MaxValue;

    // struct epoll_event is packed on x64 only (sys/epoll.h).
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    private readonly byte[] events = GC.AllocateArray<byte>(Capacity * 16, pinned: true);
    private readonly int epoll;
    private readonly int wake;
    private int timer = -1;
    private int wakePending;

    internal Poller()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
            throw new PlatformNotSupportedException($"probing needs Linux on x64 or arm64; this is {RuntimeInformation.RuntimeIdentifier}");
        epoll = Checked(Libc.EpollCreate(0x80000), "epoll_create1");
        wake = Checked(Libc.EventDescriptor(0, NonBlockingCloseOnExec), "eventfd");
        Add(wake, Readiness.Readable, OwnDescriptor);
    }

    internal void Add(int descriptor, Readiness interest, ulong data) => Checked(Control(1, descriptor, interest, data), "epoll_ctl");

    /// <summary>Asks again: what is ready now is reported once more, although it was before.</summary>
    internal void Renew(int descriptor, Readiness interest, ulong data) => Checked(Control(3, descriptor, interest, data), "epoll_ctl");

    /// <summary>Ends the current or next wait; callable from every thread.</summary>
    internal void Wake()
    {
        if (Interlocked.Exchange(ref wakePending, 1) != 0)
            return;
        ulong one = 1;
        _ = Libc.Write(wake, &one, sizeof(ulong));
    }

    /// <summary>
    /// Waits for readiness at most so long (negative: for ever) and answers how many events there are; none also when the wait ended early, and its caller
    /// is to wait for what is left.
    /// </summary>
    internal int Wait(long timeoutNs)
    {
        fixed (byte* bytes = events)
        {
            if (timer >= 0)
                return WaitWithTimer(bytes, timeoutNs);
            timeoutNs = PartOf(timeoutNs);
            var timeout = new Libc.Timespec { Seconds = timeoutNs / 1_000_000_000, Nanoseconds = timeoutNs % 1_000_000_000 };
            var count = (int)Libc.EpollWaitPrecise(PreciseWaitNumber, epoll, bytes, Capacity, timeoutNs < 0 ? null : &timeout, 0, 8);
            if (count >= 0)
                return count;
            var error = Marshal.GetLastSystemError();
            if (error == Errno.Interrupted)
                return 0;
            if (error is not (Errno.NotImplemented or Errno.PermissionDenied))
                throw new Win32Exception(error, "epoll_pwait2");
            UseTimerDescriptor();
            return 0;
        }
    }

    /// <summary>One event of the last wait; false for the poller's own.</summary>
    internal bool TryRead(int index, out Readiness ready, out ulong data)
    {
        var entry = events.AsSpan(index * EventSize, EventSize);
        ready = (Readiness)BinaryPrimitives.ReadUInt32LittleEndian(entry);
        data = BinaryPrimitives.ReadUInt64LittleEndian(entry[DataOffset..]);
        if (data != OwnDescriptor)
            return true;
        ulong drained;
        if (Libc.Read(wake, &drained, sizeof(ulong)) > 0)
            Volatile.Write(ref wakePending, 0);
        return false;
    }

    public void Dispose()
    {
        _ = Libc.Close(epoll);
        _ = Libc.Close(wake);
        if (timer >= 0)
            _ = Libc.Close(timer);
    }

    /// <summary>Goes over to the way of older kernels.</summary>
    internal void UseTimerDescriptor()
    {
        timer = Checked(Libc.TimerCreate(1, NonBlockingCloseOnExec), "timerfd_create");
        Add(timer, Readiness.Readable | Readiness.EdgeTriggered, OwnDescriptor);
    }

    /// <summary>How much of a wait is waited for at once.</summary>
    internal static long PartOf(long timeoutNs) => timeoutNs > LongWaitNs ? timeoutNs - (timeoutNs / LastShare) : timeoutNs;

    private int WaitWithTimer(byte* bytes, long timeoutNs)
    {
        if (timeoutNs > 0)
        {
            var setting = stackalloc Libc.Timespec[2];
            setting[0] = default;
            setting[1] = new Libc.Timespec { Seconds = timeoutNs / 1_000_000_000, Nanoseconds = timeoutNs % 1_000_000_000 };
            Checked(Libc.TimerSet(timer, 0, setting, null), "timerfd_settime");
        }
        var count = Libc.EpollWait(epoll, bytes, Capacity, timeoutNs == 0 ? 0 : -1);
        if (count < 0 && Marshal.GetLastSystemError() is var error && error != Errno.Interrupted)
            throw new Win32Exception(error, "epoll_wait");
        return Math.Max(count, 0);
    }

    private int Control(int operation, int descriptor, Readiness interest, ulong data)
    {
        Span<byte> entry = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)interest);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[DataOffset..], data);
        fixed (byte* bytes = entry)
            return Libc.EpollControl(epoll, operation, descriptor, bytes);
    }

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
}
