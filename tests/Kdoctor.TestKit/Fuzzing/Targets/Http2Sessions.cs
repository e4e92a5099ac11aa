using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Http2;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>What a server says on an HTTP/2 connection: each exchange ends at most once, bounds are kept, and all is said alike however the bytes are cut.</summary>
public static class Http2Sessions
{
    // Answers as servers give them: settings, headers plain and coded, continuation, data, trailers, pings, windows, resets, farewells.
    internal static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "000000040000000000 0000010105000000 0188",
            "000012040000000000000300000080000400010000000500ffffff 000004080000000000 7fff0000 00000001040000 0001 000000040100000000",
            "000000040000000000 00000b010400000001 880f0d01326085aec3771a4b 000002000100000001 6f6b",
            "000000040000000000 000003010000000001 880f0d 000002090400000001 0130 000000000100000001",
            "000000040000000000 00003e010400000001 488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3 000003000900000001 026f6b",
            "000000040000000000 000001010400000001 88 000003000000000001 616263 000005010500000001 0001740176 000001010500000003 88",
            "000000040000000000 000008060000000000 0102030405060708 000008070000000000 0000000100000000 000004030000000001 00000008",
        }.Select(text => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal))),
    ];

    public static FuzzTarget Target { get; } = new("http2-session", Takes, () => Seeds);

    private static HttpRequestPlan Request => new() { Method = "POST", RequestTarget = "/", HostHeader = "fuzz", Http2 = true };

    private static bool Takes(byte[] bytes)
    {
        var chance = FuzzTarget.ChanceOf(bytes);
        var (fault, whole) = Transcript(bytes, int.MaxValue);
        Assert.Equal(whole, Transcript(bytes, chance.Next(1, 10)).Text);
        Assert.True(fault is null || fault.Text.Length > 0);
        return fault is null;
    }

    private static (Http2Fault? Fault, string Text) Transcript(byte[] bytes, int part)
    {
        var session = new Http2Session();
        session.Begin();
        var owners = Enumerable.Range(0, 3).Select(_ => new Owner()).ToList();
        foreach (var owner in owners)
        {
            owner.Exchange.Begin(new RequestFrames(Request, new byte[70_000]), 1);
            session.Open(owner.Exchange);
        }
        Http2Fault? fault = null;
        for (var at = 0; at < bytes.Length && fault is null; at += Math.Min(part, bytes.Length - at))
            fault = session.Feed(bytes.AsSpan(at, Math.Min(part, bytes.Length - at)));
        Assert.All(owners, owner => Assert.InRange(owner.Ends, 0, 1));
        Assert.Equal(owners.Count(owner => owner.Ends == 0), session.Count);
        Assert.InRange(session.Output.Length, 0, OutBuffer.MaxBytes);
        return (fault, $"{fault?.Text} {string.Join('\n', owners.Select(owner => $"{owner.Said} {owner.Exchange.Status} {owner.Exchange.BodyBytes}"))}");
    }

    private sealed class Owner : IExchangeOwner
    {
        internal Owner() => Exchange = new Http2Exchange(this);

        internal Http2Exchange Exchange { get; }

        internal int Ends { get; private set; }

        internal string Said { get; private set; } = "";

        public void OnFirstByte() => Said += "b";

        public void OnComplete() => End("complete");

        public void OnFailed(FailureCause cause, string? text) => End($"{cause} {text}");

        public void OnUnprocessed(string text) => End($"unprocessed {text}");

        private void End(string how)
        {
            Ends++;
            Said += how;
        }
    }
}
