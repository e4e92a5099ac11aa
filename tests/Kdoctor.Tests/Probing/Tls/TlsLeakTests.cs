using System.Diagnostics;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Tls;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Tls;

/// <summary>Native memory, which no garbage collector sees: alone in the process, so that what grows is this.</summary>
[CollectionDefinition(nameof(TlsLeakTests), DisableParallelization = true)]
[Collection(nameof(TlsLeakTests))]
public sealed class TlsLeakTests
{
    // A session costs about 10 KiB with its parts, a context 100 KiB: a leak of either would be ten times this.
    private const long MaxGrowth = 8L * 1024 * 1024;

    [Fact]
    public void Sessions_and_contexts_give_their_memory_back()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(["leak.test"]);
        var pem = TestAuthority.PemOf(certificate);
        var plan = new TlsPlan { AuthoritiesPem = authority.Pem, CertificatePem = pem.Certificate, KeyPem = pem.Key };
        Turn(plan, 200, 20);
        var before = ResidentBytes();
        Turn(plan, 10_000, 1000);
        var grown = ResidentBytes() - before;
        Assert.True(grown < MaxGrowth, $"{grown} bytes more than before");
    }

    [Fact]
    public async Task Connections_give_their_memory_back_however_they_end()
    {
        await using var bench = new TlsBench();
        using var honest = new OpenSslPeer(bench.Authority.Issue(["127.0.0.1"]), 0x0304, []);
        using var expired = new OpenSslPeer(bench.Authority.Issue(["127.0.0.1"], until: new DateTimeOffset(2010, 1, 1, 0, 0, 0, TimeSpan.Zero)), 0x0304, []);
        await TurnAsync(bench, honest.Port, expired.Port, 150);
        var before = ResidentBytes();
        await TurnAsync(bench, honest.Port, expired.Port, 600);
        GC.Collect();
        var grown = ResidentBytes() - before;
        Assert.True(grown < MaxGrowth, $"{grown} bytes more than before");
    }

    private static async Task TurnAsync(TlsBench bench, int honest, int expired, int requests)
    {
        Assert.Equal(requests, (await bench.Probes.ProbeAsync(bench.Plan(honest), requests, rate: 300)).Succeeded);
        Assert.Equal(requests, (await bench.Probes.ProbeAsync(bench.Plan(expired), requests, rate: 300)).Failed);
        Assert.Equal(requests, (await bench.Probes.ProbeAsync(bench.Plan(expired, new TlsPlan()), requests, rate: 300)).Succeeded);
        GC.Collect();
    }

    private static void Turn(TlsPlan plan, int sessions, int contexts)
    {
        for (var context = 0; context < contexts; context++)
        {
            using var shared = new TlsContext(plan, "leak.test", "h2");
            for (var session = 0; session < sessions / contexts; session++)
            {
                // A descriptor that is none: the handshake fails at once.
                var broken = new TlsSession(shared, 1_000_000);
                Assert.True(broken.Handshake() < 0);
                broken.Close(politely: true);
            }
        }
        GC.Collect();
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
