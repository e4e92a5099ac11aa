using System.Text;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Http2;
using Xunit;

namespace Kdoctor.Tests.Probing.Http2;

/// <summary>HPACK held against the examples of RFC 7541 appendix C, and against what breaks it.</summary>
public sealed class HpackTests
{
    private readonly HpackDecoder decoder = new();

    /// <summary>Appendix C.2: one representation each.</summary>
    [Theory]
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header")]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path")]
    [InlineData("100870617373776f726406736563726574", "password: secret")]
    [InlineData("82", ":method: GET")]
    public void One_field_of_each_representation(string hex, string field) => Assert.Equal([field], Read(hex));

    /// <summary>Appendices C.3 (plain) and C.4 (Huffman): three requests on one connection.</summary>
    [Theory]
    [InlineData("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")]
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")]
    public void Requests_refer_to_what_earlier_ones_said(string first, string second, string third)
    {
        Assert.Equal([":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"], Read(first));
        Assert.Equal([":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"], Read(second));
        Assert.Equal([":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"], Read(third));
    }

    /// <summary>Appendices C.5 and C.6: answers with a table of 256 octets, so that entries are pushed out; the size is set by the block (section 6.3).</summary>
    [Theory]
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void Answers_push_old_entries_out(string first, string second, string third)
    {
        Assert.Equal([":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"], Read("3fe101" + first));
        Assert.Equal([":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"], Read(second));
        Assert.Equal(
            [
                ":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT", "location: https://www.example.com", "content-encoding: gzip",
                "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            ],
            Read(third));
    }

    [Theory]
    [InlineData("80", "index 0")]
    [InlineData("be", "an index beyond both tables")]
    [InlineData("4a", "a literal without its value")]
    [InlineData("400a6375", "a name cut short")]
    [InlineData("ffffffffffff7f", "an endless index")]
    [InlineData("8220", "a table size after a field")]
    [InlineData("3fe2ff03", "a table larger than allowed")]
    [InlineData("048141", "Huffman padding that is no run of ones")]
    [InlineData("0484ffffffff", "Huffman padding of more than seven bits, and the end symbol")]
    public void What_breaks_the_code_is_said(string hex, string why) => Assert.False(decoder.Read(Convert.FromHexString(hex), new Collector()) is null, why);

    [Fact]
    public void A_few_octets_cannot_unfold_to_more_than_the_bound()
    {
        var big = Encoding.ASCII.GetBytes(new string('x', 4000));
        var block = new List<byte> { 0x40, 1, (byte)'n', 0x7F };
        HpackInteger.Write(block, 0, 7, big.Length);
        block.RemoveAt(3);
        block.AddRange(big);
        block.AddRange(Enumerable.Repeat((byte)0xBE, 20));
        Assert.Equal("the header fields are longer than 64 KiB", decoder.Read([.. block], new Collector()));
    }

    [Fact]
    public void An_entry_larger_than_the_table_empties_it()
    {
        Read("400a637573746f6d2d6b65790d637573746f6d2d686561646572");
        var block = new List<byte> { 0x40, 1, (byte)'n' };
        HpackInteger.Write(block, 0, 7, 5000);
        block.AddRange(new byte[5000].Select(_ => (byte)'v'));
        Assert.Null(decoder.Read([.. block], new Collector()));
        Assert.NotNull(decoder.Read([0xBE], new Collector()));
    }

    [Fact]
    public void Every_octet_survives_the_huffman_code_it_has()
    {
        // The code of 'a' is 00011 (RFC 7541 appendix B); eight of them are five octets.
        var room = new byte[64];
        Assert.True(HpackHuffman.TryDecode(Convert.FromHexString("18C6318C63"), room, out var length));
        Assert.Equal("aaaaaaaa", Encoding.ASCII.GetString(room, 0, length));
    }

    [Fact]
    public void Integers_survive_their_coding()
    {
        CsCheck.Check.Sample(CsCheck.Gen.Select(CsCheck.Gen.Int[0, HpackInteger.MaxValue], CsCheck.Gen.Int[4, 7]), sample =>
        {
            var block = new List<byte>();
            HpackInteger.Write(block, 0, sample.Item2, sample.Item1);
            ReadOnlySpan<byte> bytes = [.. block];
            return HpackInteger.TryRead(ref bytes, sample.Item2, out var value) && value == sample.Item1 && bytes.IsEmpty;
        });
    }

    [Fact]
    public void The_table_stays_right_however_long_it_is_written_to()
    {
        for (var round = 0; round < 2000; round++)
        {
            var value = round.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
            byte[] block = [0x40, 1, (byte)'n', 8, .. Encoding.ASCII.GetBytes(value), 0xBE, (byte)(round == 0 ? 0xBE : 0xBF)];
            var fields = new Collector();
            Assert.Null(decoder.Read(block, fields));
            var before = Math.Max(round - 1, 0).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal([$"n: {value}", $"n: {value}", $"n: {before}"], fields.Fields);
        }
    }

    private List<string> Read(string hex)
    {
        var fields = new Collector();
        Assert.Null(decoder.Read(Convert.FromHexString(hex), fields));
        return fields.Fields;
    }

    private sealed class Collector : IFieldObserver
    {
        internal List<string> Fields { get; } = [];

        public void OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Fields.Add($"{Encoding.ASCII.GetString(name)}: {Encoding.ASCII.GetString(value)}");
    }
}
