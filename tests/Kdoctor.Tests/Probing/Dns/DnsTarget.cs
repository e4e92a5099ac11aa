using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Dns;
using Xunit;

namespace Kdoctor.Tests.Probing.Dns;

/// <summary>Short ways to ask a DNS server in tests.</summary>
internal static class DnsTarget
{
    internal const string Domain = "www.example.test";

    internal static DnsProbePlan Plan(IPEndPoint server, DnsTransport transport = DnsTransport.Udp, DnsRecordType type = DnsRecordType.A, int expected = 0) => new()
    {
        Host = server.Address.ToString(),
        Port = server.Port,
        Request = new DnsRequestPlan { Domain = Domain, Transport = transport, Type = type, ExpectedReplyCode = expected },
    };

    internal static async Task<TargetShard> AskAsync(DnsProbePlan plan, int queries = 3, int timeoutMs = 10_000)
    {
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(ProbingLoop.Load(queries, timeoutMs, plan));
        Assert.Null(result.CutShort);
        return Assert.Single(result.Targets);
    }
}
