using Kdoctor.Probing.Http;
using Kdoctor.Probing.Http2;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>Header blocks of HTTP/2 (HPACK, RFC 7541), two on one connection: the table that the first leaves is what the second is read by.</summary>
public static class HeaderBlocks
{
    public static FuzzTarget Target { get; } = new("http2-headers", Takes, () => new[]
    {
        // RFC 7541 appendix C.5.1 and C.6.1, and a change of the table's size.
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "3fe11f20880f0d0130",
    }.Select(Convert.FromHexString));

    private static bool Takes(byte[] bytes)
    {
        var decoder = new HpackDecoder();
        decoder.Begin();
        var fields = new AnswerFields();
        var cut = FuzzTarget.ChanceOf(bytes).Next(bytes.Length + 1);
        return Read(decoder, fields, bytes.AsSpan(0, cut)) & Read(decoder, fields, bytes.AsSpan(cut)) & Read(decoder, fields, bytes);
    }

    private static bool Read(HpackDecoder decoder, AnswerFields fields, ReadOnlySpan<byte> block)
    {
        fields.Begin(new EchoEvidence(), isTrailers: false);
        var problem = decoder.Read(block, fields);
        Assert.True(problem is null || problem.Length > 0);
        return problem is null;
    }
}
