using Kdoctor.Core.Planning;
using Kdoctor.Probing.Dns;
using Kdoctor.TestKit;
using Kdoctor.TestKit.Dns;
using Kdoctor.TestKit.Fuzzing;
using Xunit;

namespace Kdoctor.Tests.Probing.Dns;

/// <summary>
/// Answers of real servers, kept as they came, and what a seeded mutation makes of them: whatever the octets are, reading them ends, throws nothing and
/// gives the same twice. <c>KDOCTOR_FUZZ_SECONDS</c> makes the short run a long one.
/// </summary>
public sealed class AnswerFuzzTests
{
    private const int ShortRun = 100_000;
    private const int MessagesPerSeed = 10_000;
    private static readonly QueryTemplate Asked = new("www.example.test", DnsRecordType.A);
    private static readonly IReadOnlyDictionary<string, byte[]> Corpus = Repository.Files("tests/Kdoctor.Tests/Probing/Dns/Corpus", ".bin")
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => File.ReadAllBytes(Repository.Path(file)), StringComparer.Ordinal);

    [Theory]
    [InlineData("address", "example.test", DnsRecordType.A, 0, 1)]
    [InlineData("alias-chain", "www.example.test", DnsRecordType.A, 0, 1)]
    [InlineData("from-a-cache", "www.example.test", DnsRecordType.A, 0, 1)]
    [InlineData("without-edns", "www.example.test", DnsRecordType.A, 0, 1)]
    [InlineData("ipv6", "host.example.test", DnsRecordType.AAAA, 0, 1)]
    [InlineData("no-such-name", "no.example.test", DnsRecordType.A, 3, 0)]
    [InlineData("empty", "txt.example.test", DnsRecordType.A, 0, 0)]
    [InlineData("text", "txt.example.test", DnsRecordType.TXT, 0, 1)]
    [InlineData("mail", "example.test", DnsRecordType.MX, 0, 1)]
    [InlineData("start-of-authority", "example.test", DnsRecordType.SOA, 0, 1)]
    [InlineData("service", "_dns._udp.example.test", DnsRecordType.SRV, 0, 1)]
    [InlineData("refused", "www.elsewhere.test", DnsRecordType.A, 5, 0)]
    [InlineData("many-addresses", "big.example.test", DnsRecordType.A, 0, 95)]
    public void Answers_of_real_servers_are_read(string file, string domain, DnsRecordType type, int code, int records)
    {
        Assert.Equal(AnswerFault.None, AnswerReader.Read(Corpus[file], new QueryTemplate(domain, type), out var answer));
        Assert.Equal(new DnsAnswer(code, false, records), answer);
    }

    [Fact]
    public void A_real_answer_that_did_not_fit_is_truncated()
    {
        Assert.Equal(AnswerFault.None, AnswerReader.Read(Corpus["truncated"], new QueryTemplate("big.example.test", DnsRecordType.A), out var answer));
        Assert.True(answer.Truncated);
    }

    [Fact]
    public void Every_answer_cut_anywhere_is_a_named_fault()
    {
        foreach (var whole in Corpus.Values)
        {
            for (var length = 0; length < whole.Length; length++)
                Read(whole[..length]);
        }
        var alias = Corpus["alias-chain"];
        for (var length = 0; length < alias.Length; length++)
            Assert.NotEqual(AnswerFault.None, AnswerReader.Read(alias.AsSpan(0, length), Asked, out _));
    }

    [Fact]
    public void Mutated_answers_never_throw_and_always_end()
    {
        var files = Corpus.Values.ToArray();
        foreach (var seed in FuzzRounds.Of(ShortRun / MessagesPerSeed))
        {
            var random = new Random(seed);
            for (var count = 0; count < MessagesPerSeed; count++)
            {
                var message = Mutation.Of(files, random);
                try
                {
                    Read(message);
                    ReadAsStream(message, random);
                }
                catch (Exception exception)
                {
                    throw new InvalidOperationException($"seed {seed}, message {count}: {Convert.ToHexString(message)}", exception);
                }
            }
        }
    }

    private static void Read(byte[] message)
    {
        // Half of what a mutation does is seen only past the question.
        var question = message.AsSpan(Math.Min(12, message.Length));
        if (question.Length >= Asked.Question.Length && (message.Length & 1) == 0)
            Asked.Question.CopyTo(question);
        var fault = AnswerReader.Read(message, Asked, out var answer);
        Assert.Equal(fault, AnswerReader.Read(message, Asked, out var again));
        Assert.Equal(answer, again);
        Assert.True(Enum.IsDefined(fault));
        Assert.InRange(answer.Records, 0, 65535);
        Assert.InRange(answer.Code, 0, 4095);
    }

    private static void ReadAsStream(byte[] message, Random random)
    {
        var reader = new FrameReader();
        var octets = random.Next(2) == 0 ? DnsMessage.Framed(message) : message;
        for (var position = 0; position < octets.Length;)
        {
            var length = Math.Min(random.Next(1, 64), octets.Length - position);
            ReadOnlySpan<byte> bytes = octets.AsSpan(position, length);
            while (reader.TryRead(ref bytes, out var found))
                AnswerReader.Read(found, Asked, out _);
            position += length;
        }
    }
}
