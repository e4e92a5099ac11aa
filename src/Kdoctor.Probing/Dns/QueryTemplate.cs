using System.Buffers.Binary;
using Kdoctor.Core.Planning;

namespace Kdoctor.Probing.Dns;

/// <summary>
/// One target's query, encoded once: header (RFC 1035 section 4.1.1) with recursion desired, the question, and an OPT record (RFC 6891)
/// that allows datagrams of <see cref="UdpSize"/> octets. Only the id differs from query to query; the name's letters are sent as written.
/// </summary>
internal sealed class QueryTemplate
{
    /// <summary>The greatest datagram that passes every usual path in one piece (RFC 9715 section 3.1, and the DNS flag day of 2020 before it).</summary>
    internal const int UdpSize = 1232;

    private const int RecursionDesired = 0x0100;
    private const int InternetClass = 1;
    private const int OptionType = 41;
    private readonly byte[] bytes;

    /// <exception cref="FormatException">The name is no domain name.</exception>
    internal QueryTemplate(string domain, DnsRecordType type)
    {
        Type = type;
        var name = DomainName.ToWire(domain);
        bytes = new byte[NameWalk.HeaderLength + name.Length + 4 + 11];
        var rest = bytes.AsSpan();
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(rest[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(rest[10..], 1);
        name.CopyTo(rest[NameWalk.HeaderLength..]);
        QuestionLength = name.Length + 4;
        rest = rest[(NameWalk.HeaderLength + name.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], InternetClass);

        // OPT: the root's name, the type, the size in the class's place; no flags, no options.
        BinaryPrimitives.WriteUInt16BigEndian(rest[5..], OptionType);
        BinaryPrimitives.WriteUInt16BigEndian(rest[7..], UdpSize);
    }

    /// <summary>What is asked for.</summary>
    internal DnsRecordType Type { get; }

    /// <summary>How many octets the query has.</summary>
    internal int Length => bytes.Length;

    /// <summary>The question as an answer must repeat it: name, type and class.</summary>
    internal ReadOnlySpan<byte> Question => bytes.AsSpan(NameWalk.HeaderLength, QuestionLength);

    private int QuestionLength { get; }

    /// <summary>Writes the query under an id; <paramref name="target"/> has room for it.</summary>
    internal void Write(Span<byte> target, ushort id)
    {
        bytes.CopyTo(target);
        BinaryPrimitives.WriteUInt16BigEndian(target, id);
    }
}
