using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kdoctor.Probing.Dns;

namespace Kdoctor.Agent.Apps;

/// <summary>
/// Answers one DNS message with one DNS message (RFC 1035 section 4), out of a zone. Pure.
/// 1. What is no query is not answered at all, so that two servers never answer each other for ever.
/// 2. A query that cannot be read or served is answered with the code that says so.
/// 3. A name that is not in the zone does not exist; one that has no record of the type has an empty answer; some are answered for as somebody asked.
/// 4. An answer that does not fit into the client's datagram, or is to be cut, is cut, and says so.
/// </summary>
public sealed class DnsResponder(DnsZone zone)
{
    // RFC 1035 section 4.2.1: what every client takes. RFC 6891 section 6.2.3 lets it say more.
    private const int LeastDatagram = 512;
    private const int Header = 12;
    private const int InternetClass = 1;
    private const int OptionType = 41;
    private const uint TimeToLive = 5;

    private enum Code
    {
        NoError = 0,
        FormatError = 1,
        ServFail = 2,
        NoSuchName = 3,
        NotImplemented = 4,
        Refused = 5,
    }

    /// <summary>The answer; null when there is to be none.</summary>
    /// <param name="query">What came.</param>
    /// <param name="datagram">Whether the answer travels in a datagram and must fit.</param>
    public byte[]? Answer(ReadOnlySpan<byte> query, bool datagram)
    {
        // 1. No query.
        if (query.Length < Header || (query[2] & 0x80) != 0)
            return null;

        // 2. Not served.
        if (((query[2] >> 3) & 0xF) != 0)
            return Write(query, [], Code.NotImplemented, [], null, cut: false);
        if (BinaryPrimitives.ReadUInt16BigEndian(query[4..]) != 1 || NameWalk.Skip(query, Header, out var nameEnd) != AnswerFault.None || nameEnd + 4 > query.Length
            || NameOf(query[Header..nameEnd]) is not { } name)
            return Write(query, [], Code.FormatError, [], null, cut: false);
        var question = query[Header..(nameEnd + 4)];
        var size = SizeOf(query, nameEnd + 4);
        if (BinaryPrimitives.ReadUInt16BigEndian(question[^2..]) != InternetClass)
            return Write(query, question, Code.Refused, [], size, cut: false);

        // 3. The zone.
        if (zone.Find(name) is not { } entry)
            return Write(query, question, Code.NoSuchName, [], size, cut: false);
        if (entry.Manner == DnsManner.Silent)
            return null;
        if (entry.Manner is DnsManner.ServFail or DnsManner.Refused)
            return Write(query, question, entry.Manner == DnsManner.ServFail ? Code.ServFail : Code.Refused, [], size, cut: false);
        var type = BinaryPrimitives.ReadUInt16BigEndian(question[^4..]);
        var found = entry.Addresses.Where(address => TypeOf(address) == type).ToImmutableArray();
        var answer = Write(query, question, Code.NoError, found, size, cut: false);

        // 4. The client's datagram.
        var cut = datagram && (entry.Manner == DnsManner.Truncated || answer.Length > Math.Max(size ?? 0, LeastDatagram));
        return cut ? Write(query, question, Code.NoError, [], size, cut: true) : answer;
    }

    private static int TypeOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 1 : 28;

    // A question comes first: its name has nothing before it to point to, so it is written out.
    private static string? NameOf(ReadOnlySpan<byte> wire)
    {
        var name = new StringBuilder();
        for (var at = 0; at < wire.Length && wire[at] != 0; at += wire[at] + 1)
        {
            if (wire[at] > DomainName.MaxLabel)
                return null;
            if (name.Length > 0)
                name.Append('.');
            foreach (var octet in wire.Slice(at + 1, wire[at]))
                name.Append((char)(octet is >= (byte)'A' and <= (byte)'Z' ? octet + 32 : octet));
        }
        return name.ToString();
    }

    // The OPT record, where it is the first thing after the question, as it is in every query of ours and of the usual resolvers.
    private static int? SizeOf(ReadOnlySpan<byte> query, int end) =>
        BinaryPrimitives.ReadUInt16BigEndian(query[6..]) == 0 && BinaryPrimitives.ReadUInt16BigEndian(query[8..]) == 0 && BinaryPrimitives.ReadUInt16BigEndian(query[10..]) > 0
        && query.Length >= end + 11 && query[end] == 0 && BinaryPrimitives.ReadUInt16BigEndian(query[(end + 1)..]) == OptionType
            ? BinaryPrimitives.ReadUInt16BigEndian(query[(end + 3)..])
            : null;

    private static byte[] Write(ReadOnlySpan<byte> query, ReadOnlySpan<byte> question, Code code, ImmutableArray<IPAddress> addresses, int? size, bool cut)
    {
        var answer = new MemoryStream();
        Span<byte> fixedPart = stackalloc byte[Header];
        fixedPart.Clear();
        query[..2].CopyTo(fixedPart);

        // QR, the query's opcode and RD, AA, TC; RA.
        fixedPart[2] = (byte)(0x84 | (query[2] & 0x79) | (cut ? 2 : 0));
        fixedPart[3] = (byte)(0x80 | (int)code);
        fixedPart[5] = (byte)(question.IsEmpty ? 0 : 1);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart[6..], (ushort)addresses.Length);
        fixedPart[11] = (byte)(size is null ? 0 : 1);
        answer.Write(fixedPart);
        answer.Write(question);
        Span<byte> record = stackalloc byte[12];
        foreach (var address in addresses)
        {
            var octets = address.GetAddressBytes();

            // The owner is the question's name (RFC 1035 section 4.1.4).
            BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | Header);
            BinaryPrimitives.WriteUInt16BigEndian(record[2..], (ushort)TypeOf(address));
            BinaryPrimitives.WriteUInt16BigEndian(record[4..], InternetClass);
            BinaryPrimitives.WriteUInt32BigEndian(record[6..], TimeToLive);
            BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)octets.Length);
            answer.Write(record);
            answer.Write(octets);
        }
        if (size is not null)
        {
            // RFC 6891 section 6.1.2: the root's name, the type, our own size; no flags, no options.
            answer.Write([0, 0, OptionType, 0x04, 0xD0, 0, 0, 0, 0, 0, 0]);
        }
        return answer.ToArray();
    }
}
