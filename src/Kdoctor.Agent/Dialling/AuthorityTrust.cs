using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Agent.Dialling;

/// <summary>
/// Which authority the controller's certificate must come from: a given certificate, those of a file that is read again every time, or one
/// whose pin is known. By pin, the certificate is first fetched without trust and nothing is sent but that request; only when its hash is
/// the pin's is the controller dialled with it.
/// </summary>
internal sealed class AuthorityTrust(X509Certificate2? authority, string? pin, string? file = null) : IDisposable
{
    private const string AuthorityPath = "/ca.pem";
    private const int MaxCertificateBytes = 64 << 10;
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    private X509Certificate2? fetched;

    /// <summary><c>sha256:</c> and the hex of the hash of a certificate's SubjectPublicKeyInfo (RFC 7469 section 2.4, in hex).</summary>
    public static string PinOf(X509Certificate2 certificate) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    public static bool IsPin(string text) =>
        text.StartsWith("sha256:", StringComparison.Ordinal) && text.Length == "sha256:".Length + 64 && text["sha256:".Length..].All(char.IsAsciiHexDigit);

    /// <summary>What TLS must check when <paramref name="controller"/> is dialled: the authority, the name, the dates.</summary>
    /// <exception cref="AuthenticationFailedException">The controller shows another authority than the pinned one.</exception>
    /// <exception cref="HttpRequestException">The controller cannot be reached.</exception>
    /// <exception cref="IOException">The file is not there.</exception>
    public async Task<SslClientAuthenticationOptions> OptionsForAsync(Uri controller, CancellationToken cancellation)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (file is not null)
            Read(file, policy.CustomTrustStore);
        else
            policy.CustomTrustStore.Add(authority ?? await FetchAsync(controller, cancellation).ConfigureAwait(false));
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    public void Dispose()
    {
        authority?.Dispose();
        fetched?.Dispose();
    }

    private static void Read(string path, X509Certificate2Collection into)
    {
        try
        {
            into.ImportFromPem(File.ReadAllText(path));
        }
        catch (CryptographicException bad)
        {
            throw new AuthenticationFailedException($"{path} holds no certificate: {bad.Message}");
        }
        if (into.Count == 0)
            throw new AuthenticationFailedException($"{path} holds no certificate yet");
    }

    private async Task<X509Certificate2> FetchAsync(Uri controller, CancellationToken cancellation)
    {
#pragma warning disable CA5359 // Nothing is believed of this connection but a certificate that has the pinned key.
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
#pragma warning restore CA5359
        using var client = new HttpClient(handler) { Timeout = FetchTimeout, MaxResponseContentBufferSize = MaxCertificateBytes };
        X509Certificate2 offered;
        try
        {
            offered = X509Certificate2.CreateFromPem(await client.GetStringAsync(new Uri(controller, AuthorityPath), cancellation).ConfigureAwait(false));
        }
        catch (CryptographicException bad)
        {
            throw new AuthenticationFailedException($"{controller} does not show its authority's certificate: {bad.Message}");
        }
        if (string.Equals(PinOf(offered), pin, StringComparison.OrdinalIgnoreCase))
        {
            // Several controllers, or one that was started again, may each show a certificate of their own with the pinned key.
            fetched?.Dispose();
            return fetched = offered;
        }
        var found = PinOf(offered);
        offered.Dispose();
        throw new AuthenticationFailedException($"the authority of {controller} has the pin {found}, not the one that this agent was given");
    }
}

/// <summary>The controller is not the one that the agent was told to trust.</summary>
internal sealed class AuthenticationFailedException(string message) : Exception(message);
