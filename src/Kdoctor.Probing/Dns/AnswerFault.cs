namespace Kdoctor.Probing.Dns;

/// <summary>What is wrong with a message that should be an answer.</summary>
internal enum AnswerFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Fewer octets than a header has.</summary>
    CutHeader,

    /// <summary>A query, not an answer.</summary>
    NotAnswer,

    /// <summary>An answer to another operation than a standard query.</summary>
    WrongOperation,

    /// <summary>An answer to another question.</summary>
    WrongQuestion,

    /// <summary>More than one question, or none in an answer that is no error.</summary>
    QuestionCount,

    /// <summary>A name, or a pointer in it, that the end of the message cuts off.</summary>
    CutName,

    /// <summary>A label that is neither a label nor a pointer (RFC 1035 section 4.1.4).</summary>
    UnknownLabel,

    /// <summary>A pointer that does not lead backwards, or leads into the header.</summary>
    LoopingName,

    /// <summary>A name of more than 255 octets, or of more pointers than labels could be.</summary>
    LongName,

    /// <summary>A record that the end of the message cuts off, or records promised that are not there.</summary>
    CutRecord,

    /// <summary>An address of another length than its type has.</summary>
    WrongAddressLength,

    /// <summary>Data that should be one name and is not.</summary>
    WrongNameData,

    /// <summary>More than one OPT record, one in a wrong place, or one that is not the root's (RFC 6891 section 6.1.1).</summary>
    WrongOption,

    /// <summary>Octets behind the last record.</summary>
    TrailingOctets,

    /// <summary>A datagram of more octets than a query allows (<see cref="QueryTemplate.UdpSize"/>) and the probe holds.</summary>
    LongDatagram,
}

/// <summary>The faults in plain words.</summary>
internal static class AnswerFaultWords
{
    internal static string Of(AnswerFault fault) => fault switch
    {
        AnswerFault.None => "",
        AnswerFault.CutHeader => "the answer is shorter than a header",
        AnswerFault.NotAnswer => "a query came where an answer should",
        AnswerFault.WrongOperation => "the answer is to another operation than a query",
        AnswerFault.WrongQuestion => "the answer is to another question",
        AnswerFault.QuestionCount => "the answer does not repeat exactly one question",
        AnswerFault.CutName => "a name in the answer is cut off",
        AnswerFault.UnknownLabel => "a name in the answer has a label of unknown kind",
        AnswerFault.LoopingName => "a name in the answer points to itself, forwards or into the header",
        AnswerFault.LongName => "a name in the answer is longer than 255 octets, or points too often",
        AnswerFault.CutRecord => "a record of the answer is cut off",
        AnswerFault.WrongAddressLength => "an address in the answer has a wrong length",
        AnswerFault.WrongNameData => "a record of the answer does not hold one name",
        AnswerFault.WrongOption => "the answer has a misplaced or second OPT record",
        AnswerFault.TrailingOctets => "octets follow the last record of the answer",
        AnswerFault.LongDatagram => "the answer is a longer datagram than was asked for",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "not a fault"),
    };
}
