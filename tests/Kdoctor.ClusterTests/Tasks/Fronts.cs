using System.Text.Json.Nodes;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Processes;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>
/// What a cloud has in front of the agents, outside the cluster beside the test bed's nodes: a balancer, an ingress controller over TLS, and a DNS server that
/// knows their names, which the cluster's own DNS Service leads to. An nginx takes requests to the node ports. Over IPv4 it shows a sound certificate of an
/// authority that nobody knows; over IPv6 one that has expired and is for another name.
/// </summary>
public sealed class Fronts(Kubectl kubectl) : IAsyncDisposable
{
    public const string Ip4 = "172.30.0.1";
    public const string Ip6 = "fd00:30::1";

    /// <summary>Leads to both addresses.</summary>
    public const string Balancer = "balancer.kdoctor.test";

    /// <summary>Leads to the IPv4 address alone.</summary>
    public const string OnlyIPv4 = "only-ipv4.kdoctor.test";

    /// <summary>Nobody knows it.</summary>
    public const string Nowhere = "nowhere.kdoctor.test";

    /// <summary>The Ingress controller's name, which leads to both addresses.</summary>
    public const string Controller = "front.kdoctor.test";

    /// <summary>The host of the Ingress's rule. A handshake for any other is refused.</summary>
    public const string Host = "shop.kdoctor.test";

    private const string DnsPort = "5390";
    private static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory();
    private readonly List<KdoctorProcess> running = [];
    private string? dnsBefore;

    public async Task StartAsync()
    {
        TestBed.Required();
        await StartNginxAsync();
        var program = Environment.GetEnvironmentVariable("KDOCTOR_PROGRAM") is { Length: > 0 } named ? Repository.Path(named) : Path.Combine(AppContext.BaseDirectory, "kdoctor");
        string[] records = [$"{Balancer}={Ip4}", $"{Balancer}={Ip6}", $"{OnlyIPv4}={Ip4}", $"{Controller}={Ip4}", $"{Controller}={Ip6}"];
        running.Add(KdoctorProcess.StartProgram(program, ["serve", "--listen", Ip4, "--http-port", "0", "--dns-port", DnsPort, .. records.SelectMany(record => new[] { "--record", record })]));
        await AnswersAsync(int.Parse(DnsPort, System.Globalization.CultureInfo.InvariantCulture));

        var (v4, v6) = (ClusterNames.AgentServiceV4, ClusterNames.AgentServiceV6);
        dnsBefore = (await RunAsync("-n", "kube-system", "get", "endpoints", "kube-dns", "-o", "jsonpath={.subsets}")).Output;
        await LeadDnsAsync($$"""[{"addresses":[{"ip":"{{Ip4}}"}],"ports":[{"name":"dns","port":{{DnsPort}},"protocol":"UDP"},{"name":"dns-tcp","port":{{DnsPort}},"protocol":"TCP"}]}]""");
        await AnnounceAsync("service", v4, $$"""[{"hostname":"{{Balancer}}"},{"hostname":"{{Nowhere}}"}]""");
        await AnnounceAsync("service", v6, $$"""[{"hostname":"{{Balancer}}"},{"hostname":"{{OnlyIPv4}}"}]""");
        var paths = (await OurAsync("get", "ingress", ClusterNames.Agent, "-o", "jsonpath={.spec.rules[0].http}")).Output;
        await OurAsync("patch", "ingress", ClusterNames.Agent, "--type=merge", "-p", $$$"""{"spec":{"rules":[{"host":"{{{Host}}}","http":{{{paths}}} }],"tls":[{"hosts":["{{{Host}}}"],"secretName":"shop"}]}}""");
        await AnnounceAsync("ingress", ClusterNames.Agent, $$"""[{"hostname":"{{Controller}}"},{"ip":"{{Ip4}}"},{"ip":"{{Ip6}}"}]""");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (dnsBefore is not null)
                await RestoreAsync(dnsBefore);
        }
        finally
        {
            foreach (var process in running)
                await process.DisposeAsync();
            files.Delete(recursive: true);
        }
    }

    private async Task RestoreAsync(string dns)
    {
        await LeadDnsAsync(dns);
        foreach (var (kind, name) in new[] { ("service", ClusterNames.AgentServiceV4), ("service", ClusterNames.AgentServiceV6), ("ingress", ClusterNames.Agent) })
            await AnnounceAsync(kind, name, "null");
        if ((await OurAsync("get", "ingress", ClusterNames.Agent, "-o", "jsonpath={.spec.tls}")).Output.Length > 0)
            await OurAsync("patch", "ingress", ClusterNames.Agent, "--type=json", "-p", """[{"op":"remove","path":"/spec/tls"},{"op":"remove","path":"/spec/rules/0/host"}]""");
    }

    private async Task StartNginxAsync()
    {
        var port = (await OurAsync("get", "service", ClusterNames.AgentServiceV4, "-o", "jsonpath={.spec.ports[0].nodePort}")).Output;
        var nodes = (await RunAsync("get", "nodes", "-o", "json")).Output;
        var upstreams = JsonNode.Parse(nodes)!["items"]!.AsArray()
            .Select(node => node!["status"]!["addresses"]!.AsArray().First(address => address!["type"]!.ToString() == "InternalIP")!["address"]!)
            .Select(address => $"server {address}:{port};");
        using var authority = new TestAuthority("an authority that nobody knows");
        Write("sound", authority, Host, null);
        Write("stale", authority, "ingress.local", LongAgo.AddYears(1));
        const string Pass = "location / { proxy_pass http://agents; proxy_http_version 1.1; proxy_set_header Connection \"\"; }";
        var configuration = Path.Combine(files.FullName, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; master_process off; pid {{files.FullName}}/pid; error_log {{files.FullName}}/log;
            events { }
            http {
              access_log off; client_body_temp_path {{files.FullName}}/body; proxy_temp_path {{files.FullName}}/proxy;
              upstream agents { {{string.Join(' ', upstreams)}} }
              server { listen {{Ip4}}:80; listen [{{Ip6}}]:80; {{Pass}} }
              server { listen {{Ip4}}:443 ssl default_server; listen [{{Ip6}}]:443 ssl default_server; ssl_reject_handshake on; }
              server { listen {{Ip4}}:443 ssl; server_name {{Host}}; ssl_certificate {{files.FullName}}/sound.crt; ssl_certificate_key {{files.FullName}}/sound.key; {{Pass}} }
              server { listen [{{Ip6}}]:443 ssl; server_name {{Host}}; ssl_certificate {{files.FullName}}/stale.crt; ssl_certificate_key {{files.FullName}}/stale.key; {{Pass}} }
            }

            """);
        running.Add(KdoctorProcess.StartProgram("nginx", ["-c", configuration, "-e", $"{files.FullName}/log"]));
        await AnswersAsync(80);
        await AnswersAsync(443);
    }

    private void Write(string name, TestAuthority authority, string host, DateTimeOffset? until)
    {
        using var issued = authority.Issue([host], until is null ? null : LongAgo, until);
        var (certificate, key) = TestAuthority.PemOf(issued);
        File.WriteAllBytes(Path.Combine(files.FullName, $"{name}.crt"), certificate);
        File.WriteAllBytes(Path.Combine(files.FullName, $"{name}.key"), key);
    }

    private async Task AnswersAsync(int port) => await Waiting.UntilAsync(
        $"port {port} answers",
        async () =>
        {
            Assert.All(running, process => Assert.False(process.HasExited, process.Errors));
            using var client = new System.Net.Sockets.TcpClient();
            try
            {
                await client.ConnectAsync(Ip4, port);
                return true;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return false;
            }
        },
        open => open);

    private Task<KubectlResult> LeadDnsAsync(string subsets) => RunAsync("-n", "kube-system", "patch", "endpoints", "kube-dns", "--type=merge", "-p", $"{{\"subsets\":{subsets}}}");

    private Task<KubectlResult> AnnounceAsync(string kind, string name, string addresses) =>
        OurAsync("patch", kind, name, "--subresource=status", "--type=merge", "-p", $"{{\"status\":{{\"loadBalancer\":{{\"ingress\":{addresses}}}}}}}");

    private Task<KubectlResult> OurAsync(params string[] arguments) => RunAsync(["-n", InstalledCluster.Namespace, .. arguments]);

    private async Task<KubectlResult> RunAsync(params string[] arguments)
    {
        var run = await kubectl.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)}: {run.All}");
        return run;
    }
}
