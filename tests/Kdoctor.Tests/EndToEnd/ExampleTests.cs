using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kdoctor.Agent.Apps;
using Kdoctor.Cli.Lab;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>
/// Every example, one round each and all at once; two of them are run in <see cref="RunTests"/>. An example that asks an application or a server of its
/// reader asks one of this test, and is otherwise as it stands.
/// </summary>
public sealed class ExampleTests : IDisposable
{
    private readonly TestAuthority authority = new();

    [Fact]
    public async Task Every_example_does_what_its_first_line_says()
    {
        using var certificate = authority.Issue(["localhost"]);
        await using var shop = await ServeAsync(new TlsIdentityOptions(certificate));
        using var clients = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(authority.Pem));
        await using var bank = await ServeAsync(new TlsIdentityOptions(certificate, clients));
        string[] manifests =
        [
            Example("netdns"), Example("netdns-selected-nodes"), Example("netreach-every-10s"), Example("netreach-own-agents"), Example("netreach-second-interface"),
            Example("netdns-server", ("10.0.0.53", "127.0.0.1"), ("port: 853", $"port: {shop.Dns.Streams[1].Port}")),
            Example("apphttphealthy", ("http://shop.default.svc.cluster.local:8080/", Address(shop, 0))),
            Example("apphttphealthy-from-elsewhere", ("http://shop.default.svc.cluster.local:8080/", Address(shop, 0))),
            Example("apphttphealthy-lossy", ("http://shop.default.svc.cluster.local:8080/old", $"{Address(shop, 0)}?status=404")),
            Example("apphttphealthy-post", ("http://shop.default.svc.cluster.local:8080/orders", $"{Address(shop, 0)}?status=201&task=order")),
            Example("apphttphealthy-https", ("https://shop.example.com/", $"{Address(shop, 1)}?task=shop")),
            Example("apphttphealthy-verified", ("https://bank.default.svc.cluster.local:8443/", Address(bank, 1))),
            Secret(), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: order-of-the-probe, namespace: default}\ndata: {body: one apple}\n",
        ];
        var reports = await LabRun.RunAsync(string.Join("---\n", manifests), new LabOptions { Nodes = 2 }, rounds: 1);

        Assert.Equal(Repository.Files("examples", ".yaml").Count() - 2, reports.Count);
        var multus = Of(reports, "reach-second-interface");
        Assert.Equal(("unknown", "multus, multus"), (multus.Report.LatestRound!.Status, string.Join(", ", multus.Report.LeftOut.Select(left => left.Channel))));
        Assert.All(reports.Except([multus]), report => Assert.True(Holds(report), $"{report.Task.Name}: {report.Report.LatestRound!.Summary}"));
        Assert.True(shop.Echo.RequestsOf("order") > 0 && shop.Echo.RequestsOf("shop") > 0);
        Assert.Contains(Of(reports, "reach-own-agents").Report.Notes, note => note.StartsWith("agentSpec has no effect in a lab", StringComparison.Ordinal));
        Assert.DoesNotContain(Of(reports, "reach-often").Report.Notes, note => note.Contains("agentSpec", StringComparison.Ordinal));
    }

    public void Dispose() => authority.Dispose();

    // On a machine too busy for the agents to keep their timetable nothing may be proven, and nothing else may be claimed.
    private static bool Holds(KdoctorReport report) => report.Report.LatestRound!.Status == "succeed" || report.Report.LatestRoundReport.Any(agent => agent.AgentOverload is not null);

    private static KdoctorReport Of(IEnumerable<KdoctorReport> reports, string task) => reports.Single(report => report.Task.Name == task);

    private static string Example(string name, params (string Theirs, string Ours)[] places)
    {
        var text = Repository.Read($"examples/{name}.yaml");
        foreach (var (theirs, ours) in places)
        {
            Assert.Contains(theirs, text, StringComparison.Ordinal);
            text = text.Replace(theirs, ours, StringComparison.Ordinal);
        }
        return text;
    }

    private static string Address(AppServer server, int scheme) =>
        string.Create(CultureInfo.InvariantCulture, $"{server.Urls[scheme].Scheme}://localhost:{server.Urls[scheme].Port}/");

    private static Task<AppServer> ServeAsync(TlsIdentityOptions identity) => AppServer.StartAsync(
        new AppOptions { Name = "example", Listen = [IPAddress.Loopback], Zone = DnsZone.Read(["www.example.com=192.0.2.7"]), Certificate = identity }, Clock.Real, NullLoggerFactory.Instance);

    private string Secret()
    {
        using var client = authority.Issue(["probe"]);
        var (certificate, key) = TestAuthority.PemOf(client);
        return string.Create(CultureInfo.InvariantCulture, $$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: bank-probe, namespace: default}
            data: {ca.crt: {{Convert.ToBase64String(authority.Pem)}}, tls.crt: {{Convert.ToBase64String(certificate)}}, tls.key: {{Convert.ToBase64String(key)}}}

            """);
    }
}
