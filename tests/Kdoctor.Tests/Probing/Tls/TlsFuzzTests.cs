using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Tls;
using Kdoctor.TestKit.Fuzzing;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Tls;

/// <summary>What of TLS is decoded here and not by the library: PEM texts out of secrets, certificates that nobody verifies, and the meaning of errors and alerts.</summary>
public sealed class TlsFuzzTests
{
    [Fact]
    public void Mutated_certificates_and_keys_are_taken_or_refused_in_words()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(["one.test"]);
        var own = TestAuthority.PemOf(certificate);
        var corpus = new[] { authority.Pem, own.Certificate, own.Key, [.. authority.Pem, .. own.Certificate] };
        var refused = 0;
        foreach (var round in FuzzRounds.Of(500))
        {
            var random = new Random(round);
            var pem = Mutation.Of(corpus, random);
            try
            {
                new TlsContext(random.Next(3) switch
                {
                    0 => new TlsPlan { AuthoritiesPem = pem },
                    1 => new TlsPlan { CertificatePem = pem, KeyPem = own.Key },
                    _ => new TlsPlan { CertificatePem = own.Certificate, KeyPem = pem },
                }, "one.test", "http/1.1").Dispose();
            }
            catch (ArgumentException refusal)
            {
                Assert.NotEmpty(refusal.Message);
                refused++;
            }
        }
        Assert.True(refused > 100, $"{refused} refusals: the mutations no longer bite");
        Assert.False(TlsErrors.Take(out _, out _), "an error was left for the next connection to find");
    }

    [Fact]
    public void Mutated_certificates_of_servers_are_told_in_plain_words_or_left_aside()
    {
        using var authority = new TestAuthority();
        using var plain = authority.Issue(["one.test", "10.9.8.7"]);
        using var many = authority.Issue([.. Enumerable.Range(0, 20).Select(place => $"host-{place}.one.test")]);
        var corpus = new[] { plain.RawData, many.RawData };
        var (told, aside) = (0, 0);
        foreach (var round in FuzzRounds.Of(2000))
        {
            if (CertificateReader.Read(Mutation.Of(corpus, new Random(round)), isForName: null) is not { } read)
            {
                aside++;
                continue;
            }
            told++;
            Assert.InRange(read.Names.Length, 1, PeerCertificate.MaxNamesLength);
            Assert.DoesNotContain(read.Names, letter => letter is < ' ' or > '~');
        }
        Assert.True(told > 100 && aside > 100, $"{told} told, {aside} left aside: the mutations no longer bite");
        Assert.False(TlsErrors.Take(out _, out _), "an error was left for the next connection to find");
    }

    [Fact]
    public void Every_error_and_alert_has_a_cause_and_words()
    {
        for (var reason = -1; reason < 2000; reason++)
        {
            foreach (var verified in new long[] { -1, 0, 9, 18, 62, long.MaxValue })
            {
                var fault = TlsFault.Of(reason, reason % 2 == 0 ? "" : "words", verified, "why", "name");
                Assert.True(Enum.IsDefined(fault.Cause));
                Assert.NotEmpty(fault.Text);
                Assert.Contains(fault.At(FailureStage.Body).Stage, new[] { FailureStage.Body, FailureStage.Handshake });
            }
        }
    }
}
