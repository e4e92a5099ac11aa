using Kdoctor.Agent.Apps;
using Kdoctor.TestKit.Dns;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>What is asked of the test DNS server: answered or not, and never a surprise.</summary>
public static class DnsQueries
{
    private static readonly DnsResponder Responder = new(DnsZone.Read(["a.test=10.1.2.3", "a.test=fd00::1", .. Enumerable.Range(1, 16).Select(number => $"many.test=fd00::{number:x}")]));

    public static FuzzTarget Target { get; } = new("dns-query", Takes, () => [Query("a.test", DnsMessage.A, []), Query("many.test", DnsMessage.Aaaa, DnsMessage.Edns())]);

    /// <summary>A query with the records behind its question, if any.</summary>
    public static byte[] Query(string name, int type, byte[] additional) =>
        [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(additional.Length > 0 ? 1 : 0), .. DnsMessage.Name(name), 0, (byte)type, 0, 1, .. additional];

    private static bool Takes(byte[] bytes)
    {
        Responder.Answer(bytes, datagram: false);
        if (Responder.Answer(bytes, datagram: true) is not { } answer)
            return false;
        Assert.InRange(answer.Length, 12, ushort.MaxValue);
        return (answer[3] & 0xF) == 0;
    }
}
