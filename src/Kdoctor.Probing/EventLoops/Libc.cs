using System.Runtime.InteropServices;

namespace Kdoctor.Probing.EventLoops;

/// <summary>The system calls of the loop, as the C library names them. All arguments are blittable: a call costs its transition and no more.</summary>
/// <remarks>
/// The calls that every request makes do not keep the error for <see cref="Marshal.GetLastPInvokeError"/>, which costs a tenth of the engine's own time:
/// whoever makes one and sees it fail asks <see cref="Marshal.GetLastSystemError"/> at once. The runtime keeps errno when a call returns, also when it waits for a collection there.
/// </remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, byte* @event);

    [LibraryImport(Library, EntryPoint = "epoll_wait")]
    internal static partial int EpollWait(int epoll, byte* events, int capacity, int timeoutMs);

    // epoll_pwait2 by number: older C libraries have no name for it.
    [LibraryImport(Library, EntryPoint = "syscall")]
    internal static partial nint EpollWaitPrecise(nint number, nint epoll, byte* events, nint capacity, Timespec* timeout, nint signals, nint size);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "timerfd_create", SetLastError = true)]
    internal static partial int TimerCreate(int clock, int flags);

    [LibraryImport(Library, EntryPoint = "timerfd_settime", SetLastError = true)]
    internal static partial int TimerSet(int descriptor, int flags, Timespec* intervalAndValue, void* old);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int socket, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "listen", SetLastError = true)]
    internal static partial int Listen(int socket, int backlog);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(int socket, byte* address, uint* length, int flags);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(int socket, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int SocketName(int socket, byte* address, uint* length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(int socket, int level, int option, void* value, uint length);

    // sendto and recvfrom by number: under their names the C library makes them points where a thread can be cancelled, which none of ours ever is, and
    // which costs two atomic operations in a process of several threads.
    [LibraryImport(Library, EntryPoint = "syscall")]
    internal static partial nint Transfer(nint number, nint socket, byte* buffer, nuint length, nint flags, nint address, nint addressLength);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int Shutdown(int socket, int how);

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Timespec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
