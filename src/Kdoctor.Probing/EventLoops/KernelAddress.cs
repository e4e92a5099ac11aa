using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Kdoctor.Probing.EventLoops;

/// <summary>
/// An address in the form that Linux takes: sockaddr_in (16 bytes) or sockaddr_in6 (28 bytes), ports and addresses in network order,
/// the family in the machine's (little endian on x64 and arm64).
/// </summary>
internal sealed class KernelAddress
{
    internal const int MaxLength = 28;
    internal const int InternetV4 = 2;
    internal const int InternetV6 = 10;

    private readonly byte[] bytes;

    internal KernelAddress(IPEndPoint endpoint)
    {
        var v6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        bytes = new byte[v6 ? MaxLength : 16];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(v6 ? InternetV6 : InternetV4));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)endpoint.Port);
        endpoint.Address.TryWriteBytes(bytes.AsSpan(v6 ? 8 : 4), out _);
        if (v6)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), (uint)endpoint.Address.ScopeId);
    }

    /// <summary>AF_INET or AF_INET6.</summary>
    internal int Family => bytes.Length == 16 ? InternetV4 : InternetV6;

    internal ReadOnlySpan<byte> Bytes => bytes;

    internal static IPEndPoint Read(ReadOnlySpan<byte> bytes)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes) == InternetV6
            ? new IPEndPoint(new IPAddress(bytes.Slice(8, 16), BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])), port)
            : new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port);
    }
}
