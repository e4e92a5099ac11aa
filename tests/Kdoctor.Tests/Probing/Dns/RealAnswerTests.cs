using Kdoctor.Core.Planning;
using Kdoctor.Probing.Dns;
using Kdoctor.TestKit.Fuzzing.Targets;
using Xunit;

namespace Kdoctor.Tests.Probing.Dns;

/// <summary>Answers of real servers, kept as they came.</summary>
public sealed class RealAnswerTests
{
    private static IReadOnlyDictionary<string, byte[]> Corpus => DnsAnswers.Seeds;

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
                _ = DnsAnswers.Read(whole.AsSpan(0, length));
        }
        var alias = Corpus["alias-chain"];
        for (var length = 0; length < alias.Length; length++)
            Assert.NotEqual(AnswerFault.None, DnsAnswers.Read(alias.AsSpan(0, length)));
    }
}
