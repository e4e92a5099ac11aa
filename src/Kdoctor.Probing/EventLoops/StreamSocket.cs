using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Kdoctor.Probing.EventLoops;

/// <summary>
/// Non-blocking TCP sockets as bare descriptors. Every call answers what the kernel answered: zero or more for success, the negated
/// <see cref="Errno"/> for an error, so that the expected failures of a network cost no exception.
/// </summary>
internal static unsafe class StreamSocket
{
    // SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
    private const int StreamType = 1 | 0x800 | 0x80000;
    private const int AcceptFlags = 0x800 | 0x80000;
    private const int NoSignal = 0x4000;
    private const int MoreFollows = 0x8000;
    private const int SocketLevel = 1;
    private const int TcpLevel = 6;

    // asm/unistd.h
    private static readonly bool X64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int SendNumber = X64 ? 44 : 206;
    private static readonly int ReceiveNumber = X64 ? 45 : 207;

    internal static int Open(int family) => Answer(Libc.Socket(family, StreamType, 0));

    /// <summary>Binds the source address and leaves the port to <see cref="Connect"/>, which can then share ports between destinations (IP_BIND_ADDRESS_NO_PORT, ip(7)).</summary>
    internal static int BindSource(int socket, KernelAddress source)
    {
        SetOption(socket, 0, 24, 1);
        return Bind(socket, source);
    }

    internal static int Bind(int socket, KernelAddress address)
    {
        fixed (byte* bytes = address.Bytes)
            return Answer(Libc.Bind(socket, bytes, (uint)address.Bytes.Length));
    }

    internal static int Connect(int socket, KernelAddress address)
    {
        fixed (byte* bytes = address.Bytes)
            return Answer(Libc.Connect(socket, bytes, (uint)address.Bytes.Length));
    }

    /// <summary>A bound, listening descriptor; IPv6 listeners take IPv6 only, so that both families can share a port.</summary>
    /// <exception cref="SocketException">The address or port cannot be had.</exception>
    internal static int Listen(IPEndPoint endpoint, int backlog)
    {
        var address = new KernelAddress(endpoint);
        var socket = Open(address.Family);
        var answer = socket;
        if (answer >= 0)
            answer = SetOption(socket, SocketLevel, 2, 1);
        if (answer >= 0 && address.Family == KernelAddress.InternetV6)
            answer = SetOption(socket, 41, 26, 1);
        if (answer >= 0)
            answer = Bind(socket, address);
        if (answer >= 0)
            answer = Answer(Libc.Listen(socket, backlog));
        if (answer >= 0)
            return socket;
        if (socket >= 0)
            _ = Libc.Close(socket);
        throw new SocketException(-answer, $"cannot listen on {endpoint}: {Marshal.GetPInvokeErrorMessage(-answer)}");
    }

    internal static IPEndPoint LocalEndPoint(int socket)
    {
        Span<byte> address = stackalloc byte[KernelAddress.MaxLength];
        var length = (uint)address.Length;
        fixed (byte* bytes = address)
        {
            var answer = Answer(Libc.SocketName(socket, bytes, &length));
            if (answer < 0)
                throw new SocketException(-answer);
        }
        return KernelAddress.Read(address);
    }

    /// <summary>Accepts one connection and writes the peer's address.</summary>
    internal static int Accept(int listener, Span<byte> peer)
    {
        var length = (uint)peer.Length;
        fixed (byte* bytes = peer)
            return Answer(Libc.Accept(listener, bytes, &length, AcceptFlags));
    }

    internal static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
            return HotAnswer((int)Libc.Transfer(ReceiveNumber, socket, bytes, (nuint)buffer.Length, 0, 0, 0));
    }

    /// <summary>Sends what the kernel takes. <paramref name="moreFollows"/> holds a part segment back until the next send, shutdown or close (MSG_MORE).</summary>
    internal static int Send(int socket, ReadOnlySpan<byte> buffer, bool moreFollows = false)
    {
        fixed (byte* bytes = buffer)
            return HotAnswer((int)Libc.Transfer(SendNumber, socket, bytes, (nuint)buffer.Length, NoSignal | (moreFollows ? MoreFollows : 0), 0, 0));
    }

    /// <summary>TCP_NODELAY: a last part segment does not wait for an acknowledgement.</summary>
    internal static void SendAtOnce(int socket) => SetOption(socket, TcpLevel, 1, 1);

    /// <summary>Closes a descriptor that no loop watches.</summary>
    internal static void Close(int socket) => _ = Libc.Close(socket);

    internal static void FinishSending(int socket) => _ = Libc.Shutdown(socket, 1);

    private static int SetOption(int socket, int level, int option, int value) =>
        Answer(Libc.SetOption(socket, level, option, &value, sizeof(int)));

    // For the calls that do not keep their error: see Libc.
    private static int HotAnswer(int result) => result >= 0 ? result : -Marshal.GetLastSystemError();

    private static int Answer(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();
}
