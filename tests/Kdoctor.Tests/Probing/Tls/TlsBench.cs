using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Http;
using Kdoctor.TestKit.Tls;

namespace Kdoctor.Tests.Probing.Tls;

/// <summary>What the TLS tests begin from: an authority, a server certificate for 127.0.0.1 and example.test, and a plan that asks for it.</summary>
public sealed class TlsBench : IAsyncDisposable
{
    internal static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    internal TestAuthority Authority { get; } = new();

    internal ProbeBench Probes { get; } = new();

    /// <summary>A peer that answers every request with 200 over TLS.</summary>
    internal static ScriptedPeer Honest(X509Certificate2 certificate, SslProtocols protocols = SslProtocols.None) =>
        ScriptedPeer.Secure(Options(certificate, protocols), AnswerAllAsync);

    internal static SslServerAuthenticationOptions Options(X509Certificate2 certificate, SslProtocols protocols = SslProtocols.None) =>
        new() { ServerCertificate = certificate, EnabledSslProtocols = protocols };

    internal static async Task AnswerAllAsync(SslStream stream, CancellationToken ended)
    {
        while (await ScriptedPeer.ReadHeadAsync(stream, ended) > 0)
            await stream.WriteAsync(Answer, ended);
    }

    internal HttpProbePlan Plan(int port, TlsPlan? tls = null) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Request = ProbeBench.Request() with { Tls = tls ?? Verifying() },
    };

    internal TlsPlan Verifying(string? name = null) => new() { AuthoritiesPem = Authority.Pem, ServerName = name };

    public async ValueTask DisposeAsync()
    {
        await Probes.DisposeAsync();
        Authority.Dispose();
    }
}
