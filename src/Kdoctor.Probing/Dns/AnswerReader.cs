using System.Buffers.Binary;
using Kdoctor.Core.Planning;

namespace Kdoctor.Probing.Dns;

/// <summary>
/// Reads an answer (RFC 1035 section 4.1) strictly, once, front to back, and allocates nothing.
/// 1. The header: an answer to a standard query.
/// 2. The question: the one that was asked. A server that could not read it may leave it out, if it says so with an error.
/// 3. The answer's records: those of the type asked for are counted, along the chain of CNAMEs from the name asked for, in the order sent.
/// 4. The other sections: their records must be whole; an OPT record among the additional ones completes the reply code.
/// 5. Nothing may follow.
/// </summary>
internal static class AnswerReader
{
    private const int Option = 41;
    private const int InternetClass = 1;

    /// <summary>The id of a message, if it is long enough to have a header and is no query.</summary>
    internal static bool TryReadId(ReadOnlySpan<byte> message, out ushort id)
    {
        id = message.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(message) : (ushort)0;
        return message.Length >= NameWalk.HeaderLength && (message[2] & 0x80) != 0;
    }

    /// <summary>Whether the begin of a message, however short, has an id.</summary>
    internal static bool BeginsWith(ReadOnlySpan<byte> message, ushort id) => message.Length >= sizeof(ushort) && BinaryPrimitives.ReadUInt16BigEndian(message) == id;

    /// <summary>Reads the answer to <paramref name="asked"/>; its id is for the caller to check.</summary>
    internal static AnswerFault Read(ReadOnlySpan<byte> message, QueryTemplate asked, out DnsAnswer answer)
    {
        answer = default;

        // 1. The header.
        if (message.Length < NameWalk.HeaderLength)
            return AnswerFault.CutHeader;
        if ((message[2] & 0x80) == 0)
            return AnswerFault.NotAnswer;
        if ((message[2] & 0x78) != 0)
            return AnswerFault.WrongOperation;
        var code = message[3] & 0x0F;
        var truncated = (message[2] & 0x02) != 0;

        // 2. The question.
        var fault = SkipQuestion(message, asked.Question, code, out var position);
        if (fault != AnswerFault.None)
            return fault;
        answer = new DnsAnswer(code, truncated, 0);
        if (truncated)
            return AnswerFault.None;

        // 3. The answer's records.
        fault = CountAnswers(message, (int)asked.Type, ref position, out var records);

        // 4. The other sections.
        var others = BinaryPrimitives.ReadUInt16BigEndian(message[8..]) + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if (fault == AnswerFault.None)
            fault = SkipOthers(message, others, ref position, ref code);
        if (fault != AnswerFault.None)
            return fault;

        // 5. Nothing may follow.
        answer = new DnsAnswer(code, false, records);
        return position == message.Length ? AnswerFault.None : AnswerFault.TrailingOctets;
    }

    private static AnswerFault SkipQuestion(ReadOnlySpan<byte> message, ReadOnlySpan<byte> question, int code, out int position)
    {
        position = NameWalk.HeaderLength;
        var count = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        if (count == 0 && code != 0)
            return AnswerFault.None;
        if (count != 1)
            return AnswerFault.QuestionCount;
        position += question.Length;
        if (message.Length >= position && NameWalk.SameLetters(message.Slice(NameWalk.HeaderLength, question.Length), question))
            return AnswerFault.None;
        var fault = NameWalk.Skip(message, NameWalk.HeaderLength, out var end);
        return fault != AnswerFault.None ? fault : end + 4 > message.Length ? AnswerFault.CutRecord : AnswerFault.WrongQuestion;
    }

    private static AnswerFault CountAnswers(ReadOnlySpan<byte> message, int type, ref int position, out int records)
    {
        records = 0;
        var owner = NameWalk.HeaderLength;
        var named = message[5] == 1;
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); left > 0; left--)
        {
            var start = position;
            var fault = ReadRecord(message, ref position, out var record);
            if (fault != AnswerFault.None)
                return fault;
            if (record.Type == Option)
                return AnswerFault.WrongOption;
            if (!named || record.Class != InternetClass || !NameWalk.Same(message, start, owner))
                continue;
            if (record.Type == type)
                records++;
            else if (record.Type == (int)DnsRecordType.CNAME)
                owner = record.DataStart;
        }
        return AnswerFault.None;
    }

    private static AnswerFault SkipOthers(ReadOnlySpan<byte> message, int left, ref int position, ref int code)
    {
        var additional = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (var optioned = false; left > 0; left--)
        {
            var root = position < message.Length && message[position] == 0;
            var fault = ReadRecord(message, ref position, out var record);
            if (fault != AnswerFault.None)
                return fault;
            if (record.Type != Option)
                continue;
            if (optioned || !root || left > additional)
                return AnswerFault.WrongOption;
            optioned = true;
            code |= (int)(record.TimeToLive >> 24) << 4;
        }
        return AnswerFault.None;
    }

    private static AnswerFault ReadRecord(ReadOnlySpan<byte> message, ref int position, out Record record)
    {
        record = default;
        var fault = NameWalk.Skip(message, position, out var fields);
        if (fault != AnswerFault.None)
            return fault;
        var data = fields + 10;
        if (data > message.Length)
            return AnswerFault.CutRecord;
        var length = BinaryPrimitives.ReadUInt16BigEndian(message[(fields + 8)..]);
        position = data + length;
        if (position > message.Length)
            return AnswerFault.CutRecord;
        record = new Record(
            BinaryPrimitives.ReadUInt16BigEndian(message[fields..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(fields + 2)..]),
            BinaryPrimitives.ReadUInt32BigEndian(message[(fields + 4)..]),
            data);
        return CheckData(message, record, length, position);
    }

    private static AnswerFault CheckData(ReadOnlySpan<byte> message, Record record, int length, int end)
    {
        if (record.Class != InternetClass)
            return AnswerFault.None;
        switch ((DnsRecordType)record.Type)
        {
            case DnsRecordType.A:
                return length == 4 ? AnswerFault.None : AnswerFault.WrongAddressLength;
            case DnsRecordType.AAAA:
                return length == 16 ? AnswerFault.None : AnswerFault.WrongAddressLength;
            case DnsRecordType.CNAME or DnsRecordType.NS or DnsRecordType.PTR:
                var fault = NameWalk.Skip(message, record.DataStart, out var nameEnd);
                return fault != AnswerFault.None ? fault : nameEnd == end ? AnswerFault.None : AnswerFault.WrongNameData;
            default:
                return AnswerFault.None;
        }
    }

    private readonly record struct Record(int Type, int Class, uint TimeToLive, int DataStart);
}
