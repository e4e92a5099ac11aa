using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;

namespace Kdoctor.Core.Addresses;

/// <summary>Says what is special about an address, however it is wrapped. Pure.</summary>
public static class SpecialAddress
{
    // Metadata services as their makers document them; most are link-local, and being named here outweighs that.
    private static readonly FrozenSet<IPAddress> Metadata = new[]
    {
        "169.254.169.254", // AWS, Azure, Google, OpenStack, DigitalOcean, Oracle
        "169.254.170.2", // AWS, credentials of containers
        "169.254.170.23", // AWS, identities of pods
        "fd00:ec2::254", // AWS
        "fd00:ec2::23", // AWS, identities of pods
        "fd20:ce::254", // Google
        "fe80::a9fe:a9fe", // OpenStack
        "100.100.100.200", // Alibaba
        "168.63.129.16", // Azure
        "192.0.0.192", // Oracle, older
        "fd00:42::42", // Scaleway
    }.Select(IPAddress.Parse).ToFrozenSet();

    /// <summary>What is special about an address; null when nothing is.</summary>
    public static AddressKind? KindOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var inner = Unwrapped(address);
        Span<byte> bytes = stackalloc byte[16];
        inner.TryWriteBytes(bytes, out var length);
        return Metadata.Contains(inner) ? AddressKind.Metadata
            : length == 4 ? KindOfV4(bytes)
            : IPAddress.IsLoopback(inner) ? AddressKind.Loopback
            : inner.Equals(IPAddress.IPv6None) ? AddressKind.Unspecified
            : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80 ? AddressKind.LinkLocal
            : bytes[0] == 0xff ? AddressKind.Multicast
            : null;
    }

    /// <summary>The address without a zone and, where it carries an IPv4 address that the network would unpack, that one.</summary>
    public static IPAddress Unwrapped(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (length == 4)
            return address;
        return PlaceOfV4(bytes) is { } place ? new IPAddress(bytes.Slice(place, 4)) : new IPAddress(bytes);
    }

    private static AddressKind? KindOfV4(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0, ..] => AddressKind.Unspecified,
        [127, ..] => AddressKind.Loopback,
        [169, 254, ..] => AddressKind.LinkLocal,
        [>= 224 and < 240, ..] or [255, 255, 255, 255, ..] => AddressKind.Multicast,
        _ => null,
    };

    private static int? PlaceOfV4(ReadOnlySpan<byte> bytes)
    {
        var head = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var middle = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        var tail = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        return (head, middle) switch
        {
            // IPv4-mapped (RFC 4291 section 2.5.5.2) and IPv4-translated (RFC 2765 section 2.1).
            (0, 0x0000ffff) or (0, 0xffff0000) => 12,

            // IPv4-compatible (RFC 4291 section 2.5.5.1); :: and ::1 are addresses of their own.
            (0, 0) when tail > 1 => 12,

            // NAT64, the well-known prefix (RFC 6052 section 2.1).
            (0x0064ff9b00000000, 0) => 12,

            // NAT64, the local-use prefix (RFC 8215), read as one of 96 bits.
            _ when head >> 16 == 0x0064ff9b0001 => 12,

            // 6to4 (RFC 3056 section 2).
            _ when head >> 48 == 0x2002 => 2,
            _ => null,
        };
    }
}
