using Kdoctor.Probing.Dns;
using Kdoctor.TestKit.Dns;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>DNS answers on a stream, each behind its length (RFC 1035 section 4.2.2): the same ones are found however the bytes are cut.</summary>
public static class DnsStreams
{
    public static FuzzTarget Target { get; } = new(
        "dns-stream", Takes, () => DnsAnswers.Seeds.Values.Select(DnsMessage.Framed).Append([.. DnsAnswers.Seeds.Values.SelectMany(DnsMessage.Framed)]));

    private static bool Takes(byte[] bytes)
    {
        var whole = Read(bytes, bytes.Length);
        Assert.Equal(whole, Read(bytes, FuzzTarget.ChanceOf(bytes).Next(1, 64)));
        return whole.Count > 0;
    }

    private static List<int> Read(byte[] bytes, int part)
    {
        var reader = new FrameReader();
        var lengths = new List<int>();
        for (var position = 0; position < bytes.Length;)
        {
            var length = Math.Min(part, bytes.Length - position);
            ReadOnlySpan<byte> some = bytes.AsSpan(position, length);
            while (reader.TryRead(ref some, out var message))
            {
                DnsAnswers.Read(message);
                lengths.Add(message.Length);
            }
            position += length;
        }
        return lengths;
    }
}
