using CsCheck;
using Kdoctor.Probing.Dns;
using Kdoctor.TestKit.Dns;
using Xunit;

namespace Kdoctor.Tests.Probing.Dns;

public sealed class FrameReaderTests
{
    [Fact]
    public void However_a_stream_is_cut_its_messages_come_out_whole() =>
        Gen.Select(Gen.Byte.Array[0, 700].Array[0, 8], Gen.Int[1, 900].Array[1, 20]).Sample((messages, cuts) =>
        {
            var stream = messages.SelectMany(DnsMessage.Framed).ToArray();
            var reader = new FrameReader();
            var found = new List<byte[]>();
            var (position, turn) = (0, 0);
            while (position < stream.Length)
            {
                var length = Math.Min(cuts[turn++ % cuts.Length], stream.Length - position);
                ReadOnlySpan<byte> bytes = stream.AsSpan(position, length);
                while (reader.TryRead(ref bytes, out var message))
                    found.Add(message.ToArray());
                Assert.True(bytes.IsEmpty);
                position += length;
            }
            Assert.Equal(messages, found);
            Assert.True(reader.Begun.IsEmpty);
        });

    [Fact]
    public void The_begin_of_a_message_is_known_before_its_end()
    {
        var reader = new FrameReader();
        ReadOnlySpan<byte> bytes = [0];
        Assert.False(reader.TryRead(ref bytes, out _));
        Assert.True(reader.Begun.IsEmpty);
        bytes = [3, 0x12, 0x34];
        Assert.False(reader.TryRead(ref bytes, out _));
        Assert.True(AnswerReader.BeginsWith(reader.Begun, 0x1234));
        reader.Reset();
        Assert.True(reader.Begun.IsEmpty);
    }
}
