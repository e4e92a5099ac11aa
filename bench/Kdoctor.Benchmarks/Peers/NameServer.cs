using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>BIND in a folder of its own, answering for one name over UDP, TCP and TLS on loopback.</summary>
internal sealed class NameServer : IDisposable
{
    internal const string Name = "www.example.test";
    private readonly string folder = Directory.CreateTempSubdirectory("kdoctor-bench-").FullName;
    private readonly Process process;

    private NameServer()
    {
        (Port, TlsPort) = (FreePort(), FreePort());
        File.WriteAllText(Path.Combine(folder, "zone"), "$TTL 60\n@ IN SOA ns admin 1 60 60 60 60\n@ IN NS ns\nns IN A 127.0.0.1\nwww IN A 10.1.2.3\n");
        File.WriteAllText(Queries, $"{Name} A\n");
        WriteCertificate();
        File.WriteAllText(Path.Combine(folder, "named.conf"), $$"""
            options { directory "{{folder}}"; listen-on port {{Port}} { 127.0.0.1; }; listen-on port {{TlsPort}} tls own { 127.0.0.1; }; listen-on-v6 { none; };
              recursion no; minimal-responses yes; tcp-clients 1000; pid-file none; session-keyfile none; };
            tls own { cert-file "{{folder}}/cert.pem"; key-file "{{folder}}/key.pem"; };
            controls { };
            zone "example.test" { type primary; file "zone"; };
            """);
        process = PeerProcess.Start("taskset", $"-c 1 named -g -n 1 -c {folder}/named.conf");
    }

    internal int Port { get; }

    /// <summary>The one question, in a file as dnsperf reads it.</summary>
    internal string Queries => Path.Combine(folder, "queries");

    internal int TlsPort { get; }

    /// <summary>Starts it and waits until it answers; null where BIND is not installed.</summary>
    internal static async Task<NameServer?> StartAsync()
    {
        var server = new NameServer();
        while (await server.process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (!line.EndsWith(" running", StringComparison.Ordinal))
                continue;
            _ = server.process.StandardError.ReadToEndAsync();
            return server;
        }
        server.Dispose();
        return null;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
