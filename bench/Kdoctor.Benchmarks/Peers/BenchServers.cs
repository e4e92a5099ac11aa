using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>
/// nginx and BIND on loopback, on a core of their own, with configurations and a certificate made for this run in a folder that goes with it. Each
/// server is one process, and ends by its id.
/// </summary>
internal sealed class BenchServers : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kdoctor-bench-");
    private readonly List<Process> processes = [];

    internal int Http { get; } = FreePort();

    internal int Https { get; } = FreePort();

    internal int Http2 { get; } = FreePort();

    internal int Dns { get; } = FreePort();

    internal int DnsTls { get; } = FreePort();

    /// <summary>The question, for dnsperf.</summary>
    internal string QueryFile => Path.Combine(folder.FullName, "queries");

    /// <summary>Starts the servers that the rows need, and waits until they answer.</summary>
    internal async Task StartAsync(bool http, bool dns, int core, DateTimeOffset now)
    {
        WriteCertificate(now);
        if (http)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "nginx.conf"), NginxText()).ConfigureAwait(false);
            Start(core, "nginx", $"-p {folder.FullName} -c nginx.conf -e stderr");
            await AnswersAsync(Https).ConfigureAwait(false);
        }
        if (!dns)
            return;
        await File.WriteAllTextAsync(QueryFile, "www.bench.test A\n").ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bench.zone"), ZoneText).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "named.conf"), NamedText()).ConfigureAwait(false);
        Start(core, "named", $"-g -n 1 -c {Path.Combine(folder.FullName, "named.conf")}");
        await AnswersAsync(DnsTls).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        folder.Delete(recursive: true);
    }

    private const string ZoneText = """
        $TTL 3600
        @ IN SOA ns.bench.test. root.bench.test. 1 3600 600 86400 60
        @ IN NS ns.bench.test.
        ns IN A 127.0.0.1
        www IN A 127.0.0.2

        """;

    private string NginxText() => $$"""
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr crit;
        events { worker_connections 4096; }
        http {
            access_log off;
            keepalive_requests 1000000000;
            keepalive_timeout 3600s;
            client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
            ssl_certificate server.pem;
            ssl_certificate_key server.key;
            server {
                listen 127.0.0.1:{{Http}} backlog=4096;
                listen 127.0.0.1:{{Http2}} http2 backlog=4096;
                listen 127.0.0.1:{{Https}} ssl http2 backlog=4096;
                location / { default_type text/plain; return 200 "every corner answers\n"; }
            }
        }
        """;

    private string NamedText() => $$"""
        tls bench { cert-file "{{folder.FullName}}/server.pem"; key-file "{{folder.FullName}}/server.key"; };
        options {
            directory "{{folder.FullName}}";
            pid-file none; session-keyfile none;
            listen-on port {{Dns}} { 127.0.0.1; };
            listen-on port {{DnsTls}} tls bench { 127.0.0.1; };
            listen-on-v6 { none; };
            recursion no; minimal-responses yes; dnssec-validation no; tcp-clients 1000; reserved-sockets 32; notify no;
        };
        controls { };
        logging { channel quiet { stderr; severity critical; }; category default { quiet; }; };
        zone "bench.test" { type primary; file "bench.zone"; };
        """;

    private void Start(int core, string program, string arguments)
    {
        var process = PinnedProcess.Start(core, program, arguments);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text && text.Contains("emerg", StringComparison.Ordinal))
                Console.Error.WriteLine(text);
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        processes.Add(process);
    }

    private async Task AnswersAsync(int port)
    {
        for (var tries = 0; ; tries++)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
                return;
            }
            catch (SocketException) when (tries < 3000 && !processes[^1].HasExited)
            {
                await Task.Yield();
            }
        }
    }

    private void WriteCertificate(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder.FullName, "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder.FullName, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
