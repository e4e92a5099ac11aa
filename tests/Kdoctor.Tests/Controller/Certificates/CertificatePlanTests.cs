using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using CsCheck;
using Kdoctor.Controller.Certificates;
using Xunit;

namespace Kdoctor.Tests.Controller.Certificates;

public sealed class CertificatePlanTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ServingNames Names = ServingNames.Of("kdoctor", JsonNode.Parse("""{"spec":{"clusterIP":"10.96.0.7","clusterIPs":["10.96.0.7","fd00::7"]}}""")!.AsObject());

    [Fact]
    public void The_first_certificates_are_served_at_once_and_cover_the_service_by_name_and_address()
    {
        var set = CertificatePlan.Next(null, Names, Start)!;
        Assert.Single(set.Authorities);
        Assert.True(IsTrusted(set.Serving, set.Trust, Start));
        var covered = set.Serving.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Subset(covered.EnumerateDnsNames().ToHashSet(), new HashSet<string> { "kdoctor-controller.kdoctor.svc", "kdoctor-controller.kdoctor", "kdoctor-controller", "localhost" });
        Assert.Subset(covered.EnumerateIPAddresses().ToHashSet(), new HashSet<IPAddress> { IPAddress.Parse("10.96.0.7"), IPAddress.Parse("fd00::7"), IPAddress.Loopback });
        Assert.Null(CertificatePlan.Next(set, Names, Start));
    }

    [Fact]
    public void A_serving_certificate_is_replaced_a_month_before_its_end_by_the_same_authority()
    {
        var set = CertificatePlan.Next(null, Names, Start)!;
        Assert.Null(CertificatePlan.Next(set, Names, Start.AddDays(59)));
        var next = CertificatePlan.Next(set, Names, Start.AddDays(61))!;
        Assert.Equal(set.Trust, next.Trust);
        Assert.NotEqual(set.Serving.Thumbprint, next.Serving.Thumbprint);
        Assert.True(IsTrusted(next.Serving, set.Trust, Start.AddDays(150)));
    }

    [Fact]
    public void A_service_with_another_address_gets_a_certificate_for_it()
    {
        var set = CertificatePlan.Next(null, Names, Start)!;
        var moved = ServingNames.Of("kdoctor", JsonNode.Parse("""{"spec":{"clusterIP":"10.96.0.8"}}""")!.AsObject());
        var next = CertificatePlan.Next(set, moved, Start.AddHours(1))!;
        Assert.Equal(set.Trust, next.Trust);
        Assert.True(moved.AreCoveredBy(next.Serving));
        Assert.Null(CertificatePlan.Next(next, ServingNames.Of("kdoctor", null), Start.AddHours(2)));
    }

    [Fact]
    public void A_new_authority_is_made_known_a_day_before_it_signs_and_the_old_one_a_day_longer_than_it_serves()
    {
        var nineYears = Start.AddDays(3650 - 364);
        var first = CertificatePlan.Next(null, Names, Start)!;
        var announced = CertificatePlan.Next(first, Names, nineYears)!;
        Assert.Equal([first.Authorities[0].Thumbprint], announced.Authorities.Skip(1).Select(authority => authority.Thumbprint));
        Assert.True(IsTrusted(announced.Serving, first.Trust, nineYears));

        Assert.Null(CertificatePlan.Next(announced, Names, nineYears.AddHours(23)));
        var switched = CertificatePlan.Next(announced, Names, nineYears.AddHours(25))!;
        Assert.Equal(announced.Trust, switched.Trust);
        Assert.False(IsTrusted(switched.Serving, first.Trust, nineYears.AddHours(25)));
        Assert.True(IsTrusted(switched.Serving, announced.Trust, nineYears.AddHours(25)));

        Assert.Null(CertificatePlan.Next(switched, Names, nineYears.AddHours(48)));
        var alone = CertificatePlan.Next(switched, Names, nineYears.AddHours(50))!;
        Assert.Equal([switched.Authorities[0].Thumbprint], alone.Authorities.Select(authority => authority.Thumbprint));
        Assert.Equal(switched.Serving.Thumbprint, alone.Serving.Thumbprint);
    }

    [Fact]
    public void Certificates_that_ended_while_nobody_looked_are_made_anew()
    {
        var set = CertificatePlan.Next(null, Names, Start)!;
        var later = Start.AddDays(5000);
        var next = CertificatePlan.Next(set, Names, later)!;
        Assert.DoesNotContain(set.Authorities[0].Thumbprint, next.Authorities.Select(authority => authority.Thumbprint));
        Assert.True(IsTrusted(next.Serving, next.Trust, later));
    }

    // Over the years in which one authority follows another, looked at in steps of hours to weeks, a client whose trust is a day old never meets a certificate that it does not trust.
    [Fact]
    public void Whoever_learns_of_authorities_within_a_day_trusts_all_that_is_ever_served() => Gen.Int[1, 28 * 24].Array[60].Sample(
        steps =>
        {
            var now = Start.AddDays(3650 - 365 - 120);
            var set = CertificatePlan.Next(CertificatePlan.Next(null, Names, Start)!, Names, now)!;
            var known = new List<(DateTimeOffset At, string Trust)> { (now.AddDays(-2), set.Trust) };
            foreach (var step in steps)
            {
                now = now.AddHours(step);
                set = CertificatePlan.Next(set, Names, now) ?? set;
                known.Add((now, set.Trust));
                Assert.InRange(set.Authorities.Length, 1, 2);
                Assert.True(IsTrusted(set.Serving, known.Last(entry => entry.At <= now.AddDays(-1)).Trust, now), $"{now:u}");
            }
        },
        iter: 2,
        threads: 1);

    [Fact]
    public void A_secret_says_the_same_as_the_certificates_and_a_damaged_one_nothing()
    {
        var set = CertificatePlan.Next(CertificatePlan.Next(null, Names, Start), Names, Start.AddDays(3400))!;
        var read = CertificateSet.Read(new JsonObject { ["data"] = set.ToData() })!;
        Assert.Equal((set.Trust, set.Serving.Thumbprint, 2), (read.Trust, read.Serving.Thumbprint, read.Authorities.Length));
        Assert.All(read.Authorities.Append(read.Serving), certificate => Assert.True(certificate.HasPrivateKey));

        Assert.Null(CertificateSet.Read([]));
        foreach (var field in new[] { "ca.crt", "ca.key", "tls.crt", "tls.key" })
        {
            var missing = set.ToData();
            missing.Remove(field);
            Assert.Null(CertificateSet.Read(new JsonObject { ["data"] = missing }));
            var other = set.ToData();
            other[field] = CertificatePlan.Next(null, Names, Start)!.ToData()[field]!.GetValue<string>();
            Assert.Null(CertificateSet.Read(new JsonObject { ["data"] = other }));
        }
    }

    [Fact]
    public void No_secret_makes_its_reader_fail()
    {
        var good = CertificatePlan.Next(null, Names, Start)!.ToData();
        (from field in Gen.OneOf(Gen.Const("ca.crt"), Gen.Const("ca.key"), Gen.Const("tls.crt"), Gen.Const("tls.key")) from at in Gen.Int[0, 800] from letter in Gen.Char select (field, at, letter)).Sample(
            change =>
            {
                var data = good.DeepClone().AsObject();
                var text = data[change.field]!.GetValue<string>().ToCharArray();
                text[change.at % text.Length] = change.letter;
                data[change.field] = new string(text);
                CertificateSet.Read(new JsonObject { ["data"] = data });
            },
            iter: 50);
    }

    private static bool IsTrusted(X509Certificate2 served, string trust, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(trust);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.LocalDateTime;
        return chain.Build(served);
    }
}
