using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using Kdoctor.Agent.Hosting;

namespace Kdoctor.Agent.Apps;

/// <summary><c>kdoctor serve</c>: something to probe, for trying tasks out and for tests.</summary>
public static class ServeCommand
{
    private const int Succeeded = 0;
    private const int Usage = 2;

    /// <summary>The command.</summary>
    /// <param name="time">The clock.</param>
    public static Command Create(TimeProvider time)
    {
        var name = new Option<string?>("--name") { Description = "The name that answers carry; default: the host's.", HelpName = "NAME" };
        var listen = new Option<string[]>("--listen") { Description = "An address to listen on; may be given several times.", HelpName = "IP", DefaultValueFactory = _ => ["127.0.0.1"] };
        var http = Port("--http-port", "The port of the HTTP echo", 8080);
        var https = Port("--https-port", "The port of the HTTPS echo, which needs a certificate", 8443);
        var dns = Port("--dns-port", "The port of the DNS server, over UDP and TCP", 5353);
        var dnsTls = Port("--dns-tls-port", "The port of DNS over TLS, which needs a certificate", 8853);
        var records = new Option<string[]>("--record")
        {
            Description = "What the DNS server knows; may be given several times. In the place of ADDRESS, a word says how it answers for the name: empty, truncated, servfail, refused or silent. Every other name does not exist there.",
            HelpName = "NAME=ADDRESS",
            DefaultValueFactory = _ => ["kubernetes.default.svc.cluster.local=10.96.0.1"],
        };
        var certificate = new Option<string?>("--tls-cert") { Description = "The server's certificate with its chain, PEM; without it there is no TLS.", HelpName = "FILE" };
        var key = new Option<string?>("--tls-key") { Description = "Its key, PEM.", HelpName = "FILE" };
        var clients = new Option<string?>("--client-ca") { Description = "Demand a certificate from clients, signed by this authority, PEM.", HelpName = "FILE" };
        var command = new Command("serve", "Answer probes, for trying tasks out: an echo over HTTP/1.1, and over HTTPS with HTTP/2, and a DNS server.")
        {
            name, listen, http, https, dns, dnsTls, records, certificate, key, clients,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(certificate) is null != parsed.GetValue(key) is null)
                parsed.AddError("--tls-cert and --tls-key go together");
            if (parsed.GetValue(clients) is not null && parsed.GetValue(certificate) is null)
                parsed.AddError("--client-ca needs --tls-cert and --tls-key");
            foreach (var address in parsed.GetResult(listen) is { Implicit: false } ? parsed.GetValue(listen) ?? [] : [])
            {
                if (!IPAddress.TryParse(address, out _))
                    parsed.AddError($"--listen {address}: must be an IP address, for example 127.0.0.1");
            }
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            () => new AppOptions
            {
                Name = parsed.GetValue(name) ?? Environment.MachineName,
                Listen = [.. parsed.GetRequiredValue(listen).Select(IPAddress.Parse)],
                HttpPort = parsed.GetValue(http),
                HttpsPort = parsed.GetValue(https),
                DnsPort = parsed.GetValue(dns),
                DnsTlsPort = parsed.GetValue(dnsTls),
                Zone = DnsZone.Read(parsed.GetRequiredValue(records)),
                Certificate = Identity(parsed.GetValue(certificate), parsed.GetValue(key), parsed.GetValue(clients)),
            },
            parsed.InvocationConfiguration.Error, time, cancellation));
        return command;
    }

    private static Option<int> Port(string name, string what, int number) =>
        new(name) { Description = $"{what}; 0 for any free one.", HelpName = "PORT", DefaultValueFactory = _ => number };

    private static TlsIdentityOptions? Identity(string? certificate, string? key, string? clients) => certificate is null || key is null
        ? null
        : new TlsIdentityOptions(CertificateFile.ReadPair(certificate, key), clients is null ? null : CertificateFile.Read("--client-ca", clients));

    private static async Task<int> RunAsync(Func<AppOptions> read, TextWriter error, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            using var logs = new LineLoggers(error, time);
            var app = await AppServer.StartAsync(read(), time, logs).ConfigureAwait(false);
            await using var appEnds = app.ConfigureAwait(false);
            await error.WriteLineAsync($"echo: {string.Join(", ", app.Urls.Select(url => url.GetLeftPart(UriPartial.Authority)))}").ConfigureAwait(false);
            await error.WriteLineAsync($"dns: udp {string.Join(", ", app.Dns.Datagrams)}; tcp, then tcp-tls {string.Join(", ", app.Dns.Streams)}").ConfigureAwait(false);
            await error.WriteLineAsync("Ctrl-C ends it.").ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Succeeded;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or FormatException or CryptographicException
            or System.Net.Sockets.SocketException)
        {
            await error.WriteLineAsync($"kdoctor serve: {refused.Message}").ConfigureAwait(false);
            return Usage;
        }
    }
}
