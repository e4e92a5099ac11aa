using System.Runtime.InteropServices;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Dns;

/// <summary>Non-blocking, connected UDP sockets as bare descriptors, with the answers of <see cref="StreamSocket"/>: the kernel drops what comes from another address or port.</summary>
internal static unsafe class DatagramSocket
{
    // SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC
    private const int DatagramType = 2 | 0x800 | 0x80000;
    private const int UdpLevel = 17;
    private const int Segment = 103;

    /// <summary>A descriptor on a port that the kernel draws by chance for each one (RFC 6056 section 3.3), or the negated error.</summary>
    internal static int Open(KernelAddress server, KernelAddress? source)
    {
        var socket = Answer(Libc.Socket(server.Family, DatagramType, 0));
        if (socket < 0)
            return socket;
        ReportUnreachable(socket, server.Family);
        var answer = source is null ? 0 : StreamSocket.Bind(socket, source);
        if (answer >= 0)
            answer = StreamSocket.Connect(socket, server);
        if (answer >= 0)
            return socket;
        _ = Libc.Close(socket);
        return answer;
    }

    /// <summary>From now on a send of several times <paramref name="length"/> octets leaves as so many datagrams (UDP_SEGMENT, udp(7), Linux 4.18); false where that cannot be had.</summary>
    internal static bool TrySegment(int socket, int length) => Libc.SetOption(socket, UdpLevel, Segment, &length, sizeof(int)) == 0;

    // IP_RECVERR and IPV6_RECVERR: without them only some ICMP errors reach a UDP socket, and "host unreachable" reads as silence (ip(7)).
    private static void ReportUnreachable(int socket, int family)
    {
        var on = 1;
        _ = family == KernelAddress.InternetV6 ? Libc.SetOption(socket, 41, 25, &on, sizeof(int)) : Libc.SetOption(socket, 0, 11, &on, sizeof(int));
    }

    private static int Answer(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();
}
