using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Tls;

/// <summary>What is told of certificates that nobody verifies: requests succeed all the same.</summary>
public sealed class ShownCertificatesTests : IAsyncLifetime
{
    private static readonly DateTimeOffset LongAgo = new(2010, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset FarAway = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TlsBench bench = new();

    [Theory]
    [InlineData("shop.example.test", true)]
    [InlineData("*.example.test", true)]
    [InlineData("other.test", false)]
    public async Task A_certificate_is_told_with_its_names_times_and_connections(string named, bool forName)
    {
        var shard = await ProbeAsync(bench.Authority.Issue([named], LongAgo), new TlsPlan { ServerName = "shop.example.test" }, 3);
        Assert.Equal([new PeerCertificate(LongAgo, FarAway, named, forName, 3)], shard.Certificates);
    }

    [Fact]
    public async Task No_certificate_need_speak_of_an_address_and_one_that_has_expired_is_told_all_the_same()
    {
        var shard = await ProbeAsync(bench.Authority.Issue(["one.test", "10.9.8.7"], LongAgo, LongAgo.AddYears(1)), new TlsPlan(), 2);
        Assert.Equal([new PeerCertificate(LongAgo, LongAgo.AddYears(1), "one.test, 10.9.8.7", null, 2)], shard.Certificates);
    }

    [Fact]
    public async Task Nothing_is_told_of_a_server_that_is_verified() =>
        Assert.Empty((await ProbeAsync(bench.Authority.Issue(["127.0.0.1"]), bench.Verifying(), 1)).Certificates);

    [Fact]
    public async Task Several_certificates_at_one_address_are_kept_apart_up_to_a_bound()
    {
        var certificates = Enumerable.Range(0, TargetShard.MaxCertificates + 1).Select(place => bench.Authority.Issue([$"host-{place}.test"])).ToList();
        var turn = 0;
        await using var peer = ScriptedPeer.Secure(
            new SslServerAuthenticationOptions { ServerCertificateSelectionCallback = (_, _) => certificates[turn++ % certificates.Count] }, TlsBench.AnswerAllAsync);
        var shard = await bench.Probes.ProbeAsync(bench.Plan(peer.Port, new TlsPlan()), requests: 2 * certificates.Count, maxOutstanding: 1);
        Assert.Equal(2 * certificates.Count, shard.Succeeded);
        Assert.Equal(Enumerable.Range(0, TargetShard.MaxCertificates).Select(place => ($"host-{place}.test", 2L)), shard.Certificates.Select(shown => (shown.Names, shown.Connections)));
    }

    [Fact]
    public async Task Long_and_strange_names_are_cut_and_made_printable()
    {
        var names = Enumerable.Range(0, 9).Select(place => $"{new string((char)('a' + place), 60)}.test").ToList();
        var shown = Assert.Single((await ProbeAsync(bench.Authority.Issue(names), new TlsPlan(), 1)).Certificates);
        Assert.Equal(PeerCertificate.MaxNamesLength, shown.Names.Length);
        Assert.StartsWith($"{names[0]}, {names[1]}, ", shown.Names, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private async Task<TargetShard> ProbeAsync(X509Certificate2 certificate, TlsPlan tls, int requests)
    {
        await using var peer = TlsBench.Honest(certificate);
        var shard = await bench.Probes.ProbeAsync(bench.Plan(peer.Port, tls), requests);
        Assert.Equal(requests, shard.Succeeded);
        return shard;
    }
}
