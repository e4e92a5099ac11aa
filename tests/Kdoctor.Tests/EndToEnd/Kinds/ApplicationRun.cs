using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Agent.Apps;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Processes;
using Kdoctor.TestKit.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.EndToEnd.Kinds;

/// <summary>All cases of AppHttpHealthy in one run of the real executable, each a task of its own; two agents, 10 requests a second for one second.</summary>
public sealed class ApplicationRun : IAsyncLifetime
{
    public const int Agents = 2;
    public const int PerAgent = 10;

    private static readonly DateTimeOffset Yesterday = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestAuthority authority = new();
    private readonly TestAuthority stranger = new("another CA");
    private readonly StringBuilder manifest = new();

    internal ApplicationUnderTest Application { get; } = new(Clock.Real);

    public (byte[] Certificate, byte[] Key) Client { get; private set; }

    public KdoctorResult Result { get; private set; } = null!;

    public IReadOnlyDictionary<string, KdoctorReport> Reports { get; private set; } = null!;

    public AppServer App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        using var good = authority.Issue(["127.0.0.1", "localhost"]);
        using var expired = authority.Issue(["127.0.0.1"], Yesterday - TimeSpan.FromDays(30), Yesterday);
        using var other = authority.Issue(["other.test"]);
        Client = TestAuthority.PemOf(authority.Issue(["client"]));
        await using var plain = await Application.ServeAsync(HttpProtocols.Http1, null);
        await using var tls = await Application.ServeAsync(HttpProtocols.Http1AndHttp2, good);
        await using var tlsExpired = await Application.ServeAsync(HttpProtocols.Http1, expired);
        await using var tlsOther = await Application.ServeAsync(HttpProtocols.Http1, other);
        using var clients = X509CertificateLoader.LoadCertificate(PemBytes(authority.Pem));
        await using var mutual = App = await AppServer.StartAsync(
            new AppOptions { Name = "app", Listen = [IPAddress.Loopback, IPAddress.IPv6Loopback], Zone = DnsZone.Read([]), Certificate = new TlsIdentityOptions(good, clients) },
            Clock.Real,
            NullLoggerFactory.Instance);
        await using var names = await AppServer.StartAsync(
            new AppOptions
            {
                Name = "names",
                Listen = [IPAddress.Loopback],
                Zone = DnsZone.Read(["www.shop.test=192.0.2.7", "large.shop.test=192.0.2.7", "large.shop.test=truncated", "empty.shop.test=empty", "broken.shop.test=servfail", "closed.shop.test=refused"]),
                Certificate = new TlsIdentityOptions(good),
            },
            Clock.Real,
            NullLoggerFactory.Instance);
        using var demanding = new OpenSslPeer(good, 0x0304, authority.Pem);
        WriteObjects();
        WriteTasks($"http://127.0.0.1:{plain.Port}", $"https://127.0.0.1:{tls.Port}");
        Task("expired", $"host: 'https://127.0.0.1:{tlsExpired.Port}', method: GET, {Secret("ca")}");
        Task("wrong-name", $"host: 'https://127.0.0.1:{tlsOther.Port}', method: GET, {Secret("ca")}");
        Task("named", $"host: 'http://localhost:{plain.Port}/named', method: GET");
        Task("mutual", $"host: 'https://{mutual.Urls[2].Authority}/?task=mutual', method: GET, {Secret("client")}");
        Task("stranger", $"host: 'https://127.0.0.1:{demanding.Port}', method: GET, {Secret("ca")}");
        Task("ipv6", $"host: 'http://{mutual.Urls[1].Authority}/?task=ipv6', method: PUT, {Map("order")}");
        WriteNames(names.Dns);
        Result = await KdoctorProcess.RunAsync(
            ["run", "-f", "-", "--now", "--nodes", Agents.ToString(CultureInfo.InvariantCulture), "-o", "json"], manifest.ToString());
        Reports = Result.Reports().ToDictionary(report => report.Task.Name, StringComparer.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        authority.Dispose();
        stranger.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What every agent measured.</summary>
    public IReadOnlyList<TargetReport> TargetsOf(string task) => [.. Reports[task].Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail)];

    private void WriteTasks(string http, string https)
    {
        Task("a01", $"host: '{http}/a01', method: GET, header: ['X-Case: a01']");
        Task("a02", $"host: '{http}/a02', method: GET", "statusCode: 201");
        Task("a03", $"host: '{http}/a03', method: GET", "meanAccessDelayInMs: 100");
        Task("a04", $"host: '{https}/a04', method: GET, {Secret("ca")}");
        Task("a05", $"host: '{https}/a05', method: GET, {Secret("bad-ca")}");
        Task("a06", $"host: '{http}/a06', method: PUT, {Map("order")}");
        Task("a07", $"host: '{http}/a07', method: POST, {Map("fields")}");
        Task("a08", $"host: '{http}/a08', method: HEAD");
        Task("a09", $"host: '{http}/a09', method: PATCH");
        Task("a10", $"host: '{http}/a10', method: OPTIONS");
        Task("a12", $"host: '{http}/a12', method: GET", "successRate: 0.5");
        Task("a13", $"host: '{https}/a13', method: GET, http2: true, {Secret("ca")}");
        Task("delete", $"host: '{http}/delete', method: DELETE");
        Task("connect", $"host: '{http}', method: CONNECT");
        Task("redirect", $"host: '{http}/redirect', method: GET");
        Task("default-backend", $"host: '{http}/default-backend', method: GET");
        Task("no-name", "host: 'http://no-such-name.invalid', method: GET");
        Task("no-secret", $"host: '{https}/no-secret', method: GET, {Secret("nowhere")}");
        Task("no-key", $"host: '{https}/no-key', method: GET, {Secret("no-key")}");
    }

    private void WriteNames(DnsServer server)
    {
        Name("d02", "udp", "www", server.Datagrams[0].Port);
        Name("d03", "tcp", "www", server.Streams[0].Port);
        Name("d04", "tcp-tls", "www", server.Streams[1].Port);
        Name("large-tcp", "tcp", "large", server.Streams[0].Port);
        foreach (var name in new[] { "nobody", "large", "empty", "broken", "closed" })
            Name(name, "udp", name, server.Datagrams[0].Port);
    }

    private void Name(string task, string protocol, string name, int port) =>
        Task(task, $"targetUser: {{server: 127.0.0.1, port: {port}}}", request: $", protocol: {protocol}, domain: {name}.shop.test", kind: "Netdns");

    private void WriteObjects()
    {
        Object("Secret", "ca", new() { ["ca.crt"] = Text(authority.Pem) });
        Object("Secret", "bad-ca", new() { ["ca.crt"] = Text(stranger.Pem) });
        Object("Secret", "client", new() { ["ca.crt"] = Text(authority.Pem), ["tls.crt"] = Text(Client.Certificate), ["tls.key"] = Text(Client.Key) });
        Object("Secret", "no-key", new() { ["tls.crt"] = Text(Client.Certificate) });
        Object("ConfigMap", "order", new() { ["body"] = "one order, as it is" });
        Object("ConfigMap", "fields", new() { ["name"] = "kdoctor", ["id"] = "7" });
    }

    private void Object(string kind, string name, JsonObject entries) => manifest.Append(CultureInfo.InvariantCulture,
        $"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n{(kind == "Secret" ? "stringData" : "data")}: {entries.ToJsonString()}\n---\n");

    private void Task(string name, string target, string expect = "", string request = "", string kind = "AppHttpHealthy") => manifest.Append(CultureInfo.InvariantCulture, $$"""
        apiVersion: kdoctor.io/v1beta1
        kind: {{kind}}
        metadata: {name: {{name}}}
        spec:
          expect: {{{expect}}}
          request: {durationInSecond: 1, perRequestTimeoutInMS: 5000, qps: {{PerAgent}}{{request}}}
          schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
          target: {{{target}}}
        ---

        """);

    private static string Secret(string name) => $"tlsSecretName: {name}, tlsSecretNamespace: shop";

    private static string Map(string name) => $"bodyConfigmapName: {name}, bodyConfigmapNamespace: shop";

    private static string Text(byte[] pem) => Encoding.ASCII.GetString(pem);

    private static byte[] PemBytes(byte[] pem) => Convert.FromBase64String(string.Concat(Text(pem).Split('\n').Where(line => !line.StartsWith('-'))));
}
