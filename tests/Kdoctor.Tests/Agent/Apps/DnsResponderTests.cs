using Kdoctor.Agent.Apps;
using Kdoctor.TestKit.Dns;
using Kdoctor.TestKit.Fuzzing.Targets;
using Xunit;

namespace Kdoctor.Tests.Agent.Apps;

/// <summary>The test DNS server's answers, octet by octet.</summary>
public sealed class DnsResponderTests
{
    private static readonly DnsResponder Responder = new(DnsZone.Read(["A.test=10.1.2.3", "a.test=fd00::1", .. Enumerable.Range(1, 16).Select(n => $"a-name-that-is-so-long-that-sixteen-addresses-do-not-fit.test=fd00::{n:x}")]));

    [Theory]
    [InlineData("a.test", 1, 0, 1)]
    [InlineData("A.TEST", 28, 0, 1)]
    [InlineData("a.test", 16, 0, 0)]
    [InlineData("b.test", 1, 3, 0)]
    [InlineData("a-name-that-is-so-long-that-sixteen-addresses-do-not-fit.test", 28, 0, 16)]
    public void Names_of_the_zone_have_their_records_and_others_do_not_exist(string name, int type, int code, int records)
    {
        var answer = Responder.Answer(Query(name, type), datagram: false)!;
        Assert.Equal((code, records), (answer[3] & 0xF, answer[7]));
        Assert.Equal(Query(name, type)[12..], answer[12..(12 + Query(name, type).Length - 12)]);
        Assert.Equal(0x85, answer[2]);
    }

    [Fact]
    public void An_answer_that_does_not_fit_says_so_and_one_that_fits_the_clients_size_does_not()
    {
        var cut = Responder.Answer(Query("a-name-that-is-so-long-that-sixteen-addresses-do-not-fit.test", 28), datagram: true)!;
        Assert.Equal((2, 0), (cut[2] & 2, cut[7]));
        var whole = Responder.Answer(Query("a-name-that-is-so-long-that-sixteen-addresses-do-not-fit.test", 28, edns: true), datagram: true)!;
        Assert.Equal((0, 16, 1), (whole[2] & 2, whole[7], whole[11]));
    }

    [Theory]
    [InlineData("empty.test=empty", 0, 0)]
    [InlineData("empty.test=truncated", 0, 2)]
    [InlineData("empty.test=servfail", 2, 0)]
    [InlineData("empty.test=refused", 5, 0)]
    public void A_name_is_answered_for_as_its_word_says(string record, int code, int cut)
    {
        var answer = new DnsResponder(DnsZone.Read([record])).Answer(Query("empty.test", 1, edns: true), datagram: true)!;
        Assert.Equal((code, cut, 0), (answer[3] & 0xF, answer[2] & 2, answer[7]));
    }

    [Fact]
    public void A_name_that_is_cut_in_datagrams_is_whole_in_streams_and_a_silent_one_has_no_answer()
    {
        var responder = new DnsResponder(DnsZone.Read(["big.test=truncated", "big.test=10.0.0.1", "gone.test=silent"]));
        Assert.Equal((2, 0), (responder.Answer(Query("big.test", 1), datagram: true)![2] & 2, responder.Answer(Query("big.test", 1), datagram: true)![7]));
        Assert.Equal((0, 1), (responder.Answer(Query("big.test", 1), datagram: false)![2] & 2, responder.Answer(Query("big.test", 1), datagram: false)![7]));
        Assert.Null(responder.Answer(Query("gone.test", 1), datagram: false));
    }

    [Fact]
    public void What_is_no_query_is_not_answered_and_what_is_not_served_says_so()
    {
        var query = Query("a.test", 1);
        Assert.Null(Responder.Answer(Changed(query, 2, 0x81), datagram: true));
        Assert.Null(Responder.Answer(query.AsSpan(0, 11), datagram: true));
        Assert.Equal(4, Responder.Answer(Changed(query, 2, 0x21), datagram: true)![3] & 0xF);
        Assert.Equal(1, Responder.Answer(Changed(query, 5, 2), datagram: true)![3] & 0xF);
        Assert.Equal(1, Responder.Answer(query.AsSpan(0, 15), datagram: true)![3] & 0xF);
        Assert.Equal(5, Responder.Answer(Changed(query, query.Length - 1, 3), datagram: true)![3] & 0xF);
    }

    [Theory]
    [InlineData("a.test", "is not NAME=ADDRESS")]
    [InlineData("a.test=x", "is not NAME=ADDRESS")]
    [InlineData("=10.0.0.1", "is not NAME=ADDRESS")]
    public void A_record_that_is_none_is_named(string record, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => DnsZone.Read([record])).Message, StringComparison.Ordinal);

    private static byte[] Query(string name, int type, bool edns = false) => DnsQueries.Query(name, type, edns ? DnsMessage.Edns() : []);

    private static byte[] Changed(byte[] octets, int at, byte value)
    {
        var changed = (byte[])octets.Clone();
        changed[at] = value;
        return changed;
    }
}
