using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Dns;
using Kdoctor.TestKit.Dns;
using Xunit;

namespace Kdoctor.Tests.Probing.Dns;

public sealed class AnswerReaderTests
{
    private static readonly QueryTemplate Asked = new(DnsTarget.Domain, DnsRecordType.A);
    private static readonly byte[] Query = Encode(Asked);
    private static readonly byte[] Own = DnsMessage.PointTo(12);

    // Where the first record's data begins: header, question, pointer and the record's fixed part.
    private static readonly int FirstData = 12 + Asked.Question.Length + 2 + 10;

    [Fact]
    public void The_query_is_what_the_standards_say()
    {
        byte[] expected =
        [
            0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1,
            3, (byte)'w', (byte)'w', (byte)'w', 7, (byte)'e', (byte)'x', (byte)'a', (byte)'m', (byte)'p', (byte)'l', (byte)'e', 4, (byte)'t', (byte)'e', (byte)'s', (byte)'t', 0,
            0, 1, 0, 1,
            0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0,
        ];
        Assert.Equal(expected, Query);
    }

    public static TheoryData<string, byte[], int, int> Good() => new()
    {
        { "one address", DnsMessage.Answer(Query), 0, 1 },
        { "no record", DnsMessage.Answer(Query, answers: []), 0, 0 },
        { "an error", DnsMessage.Answer(Query, code: 3), 3, 0 },
        { "EDNS", DnsMessage.Answer(Query, additional: [DnsMessage.Edns()]), 0, 1 },
        { "a code above 15", DnsMessage.Answer(Query, answers: [], additional: [DnsMessage.Edns(1)]), 16, 0 },
        { "two of three are of the type", DnsMessage.Answer(Query, answers: [DnsMessage.Address(), DnsMessage.Record(Own, 46, [1, 2]), DnsMessage.Address()]), 0, 2 },
        { "the owner written out", DnsMessage.Answer(Query, answers: [DnsMessage.Record(DnsMessage.Name("WWW.Example.test"), 1, [1, 2, 3, 4])]), 0, 1 },
        { "another owner", DnsMessage.Answer(Query, answers: [DnsMessage.Record(DnsMessage.Name("other.test"), 1, [1, 2, 3, 4])]), 0, 0 },
        { "another class", DnsMessage.Answer(Query, answers: [DnsMessage.Record(Own, 1, [1, 2, 3, 4], @class: 3)]), 0, 0 },
        { "an alias and its address", DnsMessage.Answer(Query, answers: [Alias("a.other"), DnsMessage.Record(DnsMessage.PointTo(FirstData), 1, [1, 2, 3, 4])]), 0, 1 },
        { "an alias and no address", DnsMessage.Answer(Query, answers: [Alias("a.other")]), 0, 0 },
        { "an error without the question", DnsMessage.Answer(Query, code: 1, question: []), 1, 0 },
        { "the question in capitals", DnsMessage.Answer(Query, question: [.. DnsMessage.Name("WWW.EXAMPLE.TEST"), 0, 1, 0, 1]), 0, 1 },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_answer_is_read(string name, byte[] message, int code, int records)
    {
        Assert.Equal((name, AnswerFault.None), (name, AnswerReader.Read(message, Asked, out var answer)));
        Assert.Equal(new DnsAnswer(code, false, records), answer);
    }

    public static TheoryData<string, byte[]> Bad() => new()
    {
        { nameof(AnswerFault.CutHeader), Query[..11] },
        { nameof(AnswerFault.CutHeader), [] },
        { nameof(AnswerFault.NotAnswer), Query },
        { nameof(AnswerFault.WrongOperation), Changed(DnsMessage.Answer(Query), 2, 0x28 | 0x81) },
        { nameof(AnswerFault.QuestionCount), Changed(DnsMessage.Answer(Query), 5, 2) },
        { nameof(AnswerFault.QuestionCount), DnsMessage.Answer(Query, question: []) },
        { nameof(AnswerFault.WrongQuestion), DnsMessage.Answer(Query, question: [.. DnsMessage.Name("www.example.tost"), 0, 1, 0, 1]) },
        { nameof(AnswerFault.WrongQuestion), DnsMessage.Answer(Query, question: [.. DnsMessage.Name(DnsTarget.Domain), 0, 28, 0, 1]) },
        { nameof(AnswerFault.CutRecord), DnsMessage.Answer(Query, answers: [])[..^2] },
        { nameof(AnswerFault.CutName), DnsMessage.Answer(Query, answers: [])[..20] },
        { nameof(AnswerFault.CutName), Changed(DnsMessage.Answer(Query, answers: []), 7, 1) },
        { nameof(AnswerFault.CutRecord), DnsMessage.Answer(Query)[..^1] },
        { nameof(AnswerFault.CutRecord), DnsMessage.Answer(Query)[..^5] },
        { nameof(AnswerFault.CutRecord), DnsMessage.Answer(Query, answers: [DnsMessage.Record(Own, 16, [1], length: 500)]) },
        { nameof(AnswerFault.LoopingName), DnsMessage.Answer(Query, answers: [DnsMessage.Record(DnsMessage.PointTo(12 + Asked.Question.Length), 1, [1, 2, 3, 4])]) },
        { nameof(AnswerFault.LoopingName), DnsMessage.Answer(Query, answers: [DnsMessage.Record(DnsMessage.PointTo(400), 1, [1, 2, 3, 4])]) },
        { nameof(AnswerFault.LoopingName), DnsMessage.Answer(Query, answers: [DnsMessage.Record(DnsMessage.PointTo(3), 1, [1, 2, 3, 4])]) },
        { nameof(AnswerFault.LoopingName), DnsMessage.Answer(Query, answers: [DnsMessage.Record([1, (byte)'a', .. DnsMessage.PointTo(12 + Asked.Question.Length)], 1, [1, 2, 3, 4])]) },
        { nameof(AnswerFault.UnknownLabel), DnsMessage.Answer(Query, answers: [DnsMessage.Record([0x41, 0], 1, [1, 2, 3, 4])]) },
        { nameof(AnswerFault.LongName), DnsMessage.Answer(Query, answers: [DnsMessage.Record(DnsMessage.Name(string.Join('.', Enumerable.Repeat("abcdefghi", 26))), 1, [1, 2, 3, 4])]) },
        { nameof(AnswerFault.LongName), DnsMessage.Answer(Query, answers: PointerChain(200)) },
        { nameof(AnswerFault.WrongAddressLength), DnsMessage.Answer(Query, answers: [DnsMessage.Record(Own, 1, [1, 2, 3])]) },
        { nameof(AnswerFault.WrongAddressLength), DnsMessage.Answer(Query, answers: [DnsMessage.Record(Own, 28, [1, 2, 3, 4])]) },
        { nameof(AnswerFault.WrongNameData), DnsMessage.Answer(Query, answers: [DnsMessage.Record(Own, 5, [.. DnsMessage.Name("a"), 9])]) },
        { nameof(AnswerFault.WrongOption), DnsMessage.Answer(Query, additional: [DnsMessage.Edns(), DnsMessage.Edns()]) },
        { nameof(AnswerFault.WrongOption), DnsMessage.Answer(Query, answers: [DnsMessage.Edns()]) },
        { nameof(AnswerFault.WrongOption), DnsMessage.Answer(Query, additional: [DnsMessage.Record(Own, 41, [])]) },
        { nameof(AnswerFault.TrailingOctets), [.. DnsMessage.Answer(Query), 0] },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_answer_has_a_name(string fault, byte[] message) => Assert.Equal(fault, AnswerReader.Read(message, Asked, out _).ToString());

    [Fact]
    public void Nothing_behind_the_question_of_a_truncated_answer_is_looked_at()
    {
        var cut = DnsMessage.Answer(Query, truncated: true)[..^3];
        Assert.Equal(AnswerFault.None, AnswerReader.Read(cut, Asked, out var answer));
        Assert.Equal(new DnsAnswer(0, true, 0), answer);
    }

    [Fact]
    public void An_answer_of_64_KiB_made_of_pointers_is_read_in_bounded_steps()
    {
        var records = Enumerable.Repeat(DnsMessage.Record(DnsMessage.PointTo(FirstData + 254), 16, []), 4000).ToList();
        records.Insert(0, DnsMessage.Record(Own, 16, Enumerable.Range(0, 128).SelectMany(place => DnsMessage.PointTo(place == 0 ? 12 : FirstData + ((place - 1) * 2))).ToArray()));
        Assert.Equal(AnswerFault.LongName, AnswerReader.Read(DnsMessage.Answer(Query, answers: records), Asked, out _));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var message = DnsMessage.Answer(Query, answers: [Alias("a.other"), DnsMessage.Record(DnsMessage.PointTo(FirstData), 1, [1, 2, 3, 4])], additional: [DnsMessage.Edns()]);
        AnswerReader.Read(message, Asked, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 1000; time++)
            AnswerReader.Read(message, Asked, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Every_fault_and_cause_of_DNS_has_words()
    {
        var words = Enum.GetValues<AnswerFault>().Select(AnswerFaultWords.Of).ToList();
        Assert.Equal(words.Count, words.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("verify: wrong reply code", new Failure(FailureStage.Verify, FailureCause.WrongReplyCode).ToString());
        Assert.Equal("verify: empty answer", new Failure(FailureStage.Verify, FailureCause.EmptyAnswer).ToString());
        Assert.Equal("verify: truncated", new Failure(FailureStage.Verify, FailureCause.Truncated).ToString());
    }

    internal static byte[] Encode(QueryTemplate template, ushort id = 0x1234)
    {
        var query = new byte[template.Length];
        template.Write(query, id);
        return query;
    }

    private static byte[] Alias(string to) => DnsMessage.Record(Own, DnsMessage.CName, DnsMessage.Name(to));

    private static byte[] Changed(byte[] message, int place, byte octet)
    {
        message[place] = octet;
        return message;
    }

    // A record's data full of pointers, each to the one before, and a record whose owner is the last.
    private static List<byte[]> PointerChain(int length)
    {
        var chain = Enumerable.Range(0, length).SelectMany(place => DnsMessage.PointTo(place == 0 ? 12 : FirstData + ((place - 1) * 2))).ToArray();
        return [DnsMessage.Record(Own, 16, chain), DnsMessage.Record(DnsMessage.PointTo(FirstData + ((length - 1) * 2)), 1, [1, 2, 3, 4])];
    }
}
