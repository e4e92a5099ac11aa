using System.Buffers.Binary;
using System.Text;

namespace Kdoctor.TestKit.Dns;

/// <summary>DNS messages put together octet by octet, right or wrong, without the product's own code.</summary>
public static class DnsMessage
{
    public const int A = 1;
    public const int CName = 5;
    public const int Aaaa = 28;
    public const int Option = 41;

    /// <summary>The id of a query or an answer.</summary>
    public static ushort IdOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message);

    /// <summary>The question of a query: its name, type and class.</summary>
    public static byte[] QuestionOf(ReadOnlySpan<byte> query)
    {
        var end = 12;
        while (query[end] != 0)
            end += query[end] + 1;
        return query[12..(end + 5)].ToArray();
    }

    /// <summary>A name without compression.</summary>
    public static byte[] Name(string name)
    {
        var octets = new List<byte>();
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
            octets.AddRange([(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]);
        return [.. octets, 0];
    }

    /// <summary>A pointer to an offset.</summary>
    public static byte[] PointTo(int offset) => [(byte)(0xC0 | (offset >> 8)), (byte)offset];

    /// <summary>A record; owner and data are taken as they are.</summary>
    public static byte[] Record(byte[] owner, int type, byte[] data, uint timeToLive = 60, int @class = 1, int? length = null)
    {
        var fixedPart = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(2), (ushort)@class);
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart.AsSpan(4), timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(8), (ushort)(length ?? data.Length));
        return [.. owner, .. fixedPart, .. data];
    }

    /// <summary>The record of an IPv4 address for the name asked for.</summary>
    public static byte[] Address() => Record(PointTo(12), A, [10, 1, 2, 3]);

    /// <summary>An OPT record whose upper bits of the reply code are given.</summary>
    public static byte[] Edns(int upperCode = 0) => Record([0], Option, [], (uint)upperCode << 24, 1232);

    /// <summary>An answer to a query.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> query, int code = 0, IReadOnlyList<byte[]>? answers = null, IReadOnlyList<byte[]>? additional = null, bool truncated = false, byte[]? question = null)
    {
        answers ??= code == 0 ? [Address()] : [];
        additional ??= [];
        var header = new byte[12];
        query[..2].CopyTo(header);
        header[2] = (byte)(0x81 | (truncated ? 2 : 0));
        header[3] = (byte)(0x80 | code);
        header[5] = (byte)(question is { Length: 0 } ? 0 : 1);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)answers.Count);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), (ushort)additional.Count);
        return [.. header, .. question ?? QuestionOf(query), .. answers.SelectMany(record => record), .. additional.SelectMany(record => record)];
    }

    /// <summary>A message as a stream carries it.</summary>
    public static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];
}
