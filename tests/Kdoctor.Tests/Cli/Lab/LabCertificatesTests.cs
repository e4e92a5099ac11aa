using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Cli.Lab;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Cli.Lab;

public sealed class LabCertificatesTests : IDisposable
{
    private readonly LabFolder folder = LabFolder.Open(null);
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_authority_signs_for_every_address_and_for_no_other()
    {
        using var certificates = Open("127.0.0.1", "::1");
        Assert.True(certificates.Server.MatchesHostname("127.0.0.1"));
        Assert.True(certificates.Server.MatchesHostname("::1"));
        Assert.False(certificates.Server.MatchesHostname("127.0.0.2"));
        Assert.True(Trusts(certificates));
    }

    [Fact]
    public void They_stay_the_same_across_restarts()
    {
        using var first = Open("127.0.0.1");
        using var second = Open("127.0.0.1");
        Assert.Equal(first.Pin, second.Pin);
        Assert.Equal(first.Server.Thumbprint, second.Server.Thumbprint);
        Assert.StartsWith("sha256:", first.Pin, StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_certificate_is_renewed_in_its_last_month_under_the_same_authority()
    {
        using var first = Open("127.0.0.1");
        time.Advance(TimeSpan.FromDays(334));
        using var still = Open("127.0.0.1");
        Assert.Equal(first.Server.Thumbprint, still.Server.Thumbprint);

        time.Advance(TimeSpan.FromDays(2));
        using var renewed = Open("127.0.0.1");
        Assert.NotEqual(first.Server.Thumbprint, renewed.Server.Thumbprint);
        Assert.Equal(first.Pin, renewed.Pin);
    }

    [Fact]
    public void A_further_address_renews_it_too()
    {
        using var first = Open("127.0.0.1");
        using var second = Open("127.0.0.1", "127.0.0.5");
        Assert.True(second.Server.MatchesHostname("127.0.0.5"));
    }

    private LabCertificates Open(params string[] addresses) => LabCertificates.Open(folder, [.. addresses.Select(IPAddress.Parse)], time);

    private bool Trusts(LabCertificates certificates)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificates.Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        return chain.Build(certificates.Server);
    }
}
