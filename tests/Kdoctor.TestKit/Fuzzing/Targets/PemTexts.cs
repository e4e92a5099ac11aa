using Kdoctor.Core.Planning;
using Kdoctor.Probing.Tls;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>Authorities, certificates and keys out of Secrets: taken, or refused in words, and nothing is left for the next connection to trip over.</summary>
public static class PemTexts
{
    private static readonly TestAuthority Authority = new();
    private static readonly (byte[] Certificate, byte[] Key) Own = PairOf("one.test");

    public static FuzzTarget Target { get; } = new("pem", Takes, () => [Authority.Pem, Own.Certificate, Own.Key, [.. Authority.Pem, .. Own.Certificate]]);

    private static bool Takes(byte[] bytes)
    {
        TlsPlan[] plans = [new() { AuthoritiesPem = bytes }, new() { CertificatePem = bytes, KeyPem = Own.Key }, new() { CertificatePem = Own.Certificate, KeyPem = bytes }];
        var taken = plans.Count(IsTaken);
        Assert.False(TlsErrors.Take(out _, out _), "an error was left for the next connection to find");
        return taken > 0;
    }

    private static bool IsTaken(TlsPlan plan) => FuzzTarget.IsTaken(() => new TlsContext(plan, "one.test", "http/1.1").Dispose(), refusal => refusal is ArgumentException);

    private static (byte[] Certificate, byte[] Key) PairOf(string name)
    {
        using var certificate = Authority.Issue([name]);
        return TestAuthority.PemOf(certificate);
    }
}
