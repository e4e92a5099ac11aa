using System.Text;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Tls;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Tls;

/// <summary>What a plan for TLS may hold, and what is said of one that makes no sense.</summary>
public sealed class TlsContextTests : IDisposable
{
    private readonly TestAuthority authority = new();

    [Fact]
    public void Authorities_that_are_no_pem_are_refused() =>
        Refused(new TlsPlan { AuthoritiesPem = "nonsense"u8.ToArray() }, "the authorities cannot be read as PEM certificates");

    [Fact]
    public void A_damaged_second_authority_is_refused()
    {
        var damaged = Encoding.ASCII.GetString(authority.Pem).Replace("\nMII", "\nNII", StringComparison.Ordinal);
        Refused(new TlsPlan { AuthoritiesPem = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(authority.Pem) + "\n" + damaged + "\n") }, "(after 1)");
    }

    [Fact]
    public void A_certificate_without_its_key_is_refused() =>
        Refused(new TlsPlan { CertificatePem = authority.Pem }, "needs its key");

    [Fact]
    public void A_key_of_another_certificate_is_refused_without_showing_it()
    {
        using var one = authority.Issue(["one.test"]);
        using var other = authority.Issue(["other.test"]);
        var key = TestAuthority.PemOf(other).Key;
        var words = Refused(new TlsPlan { CertificatePem = TestAuthority.PemOf(one).Certificate, KeyPem = key }, "does not belong");
        Assert.DoesNotContain(Encoding.ASCII.GetString(key).Split('\n')[1], words, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encrypted_key_is_refused_and_nobody_is_asked_for_its_passphrase()
    {
        using var certificate = authority.Issue(["one.test"]);
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!;
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("secret", new(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes128Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000));
        Refused(new TlsPlan { CertificatePem = TestAuthority.PemOf(certificate).Certificate, KeyPem = Encoding.ASCII.GetBytes(encrypted) }, "unencrypted PEM private key");
    }

    [Fact]
    public void A_plan_in_words_holds_no_key()
    {
        using var certificate = authority.Issue(["one.test"]);
        var pem = TestAuthority.PemOf(certificate);
        Assert.DoesNotContain("PRIVATE", new TlsPlan { CertificatePem = pem.Certificate, KeyPem = pem.Key }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_openssl_is_told_the_package()
    {
        var words = OpenSslLibrary.Find([".so.none"], out _, out _);
        Assert.Contains("libssl.so.none", words, StringComparison.Ordinal);
        Assert.Contains("package libssl3", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, FailureCause.CertificateExpired)]
    [InlineData(10, FailureCause.CertificateExpired)]
    [InlineData(18, FailureCause.CertificateUntrusted)]
    [InlineData(62, FailureCause.CertificateWrongName)]
    [InlineData(64, FailureCause.CertificateWrongName)]
    public void Verification_has_three_causes(long result, FailureCause cause) =>
        Assert.Equal(new Failure(FailureStage.Handshake, cause), TlsFault.Of(134, "", result, "words", "name").At(FailureStage.Body));

    [Fact]
    public void An_alert_about_data_keeps_its_stage() =>
        Assert.Equal(new Failure(FailureStage.Body, FailureCause.TlsAlert), TlsFault.Of(1000 + 80, "", 0, "", "name").At(FailureStage.Body));

    public void Dispose() => authority.Dispose();

    private static string Refused(TlsPlan plan, string words)
    {
        var refused = Assert.Throws<ArgumentException>(() => new TlsContext(plan, "host.test", "http/1.1").Dispose());
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        return refused.Message;
    }
}
