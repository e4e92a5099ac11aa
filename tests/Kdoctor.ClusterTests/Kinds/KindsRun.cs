using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>All cases of the kinds at once on the default agents, each a task of its own: they are applied together and awaited together.</summary>
public sealed partial class KindsRun(InstalledCluster cluster) : IAsyncLifetime
{
    public const int PerAgent = Qps * Seconds;
    private const int Qps = 5;
    private const int Seconds = 2;
    private const string AtOnce = "0 1";

    private readonly List<(string Kind, string Name)> tasks = [];
    private readonly Dictionary<string, KdoctorReport> reports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonNode> records = new(StringComparer.Ordinal);
    private readonly StringBuilder manifest = new();
    private ServedApplication? served;

    public int Agents { get; private set; }

    /// <summary>The last round's report; skips the test where there is no cluster.</summary>
    public KdoctorReport ReportOf(string task)
    {
        Assert.NotEmpty(cluster.Kubeconfig);
        return reports[task];
    }

    /// <summary>The server's own count of a task's requests.</summary>
    public long ServedTo(string task) => (long)records[task]["requestCount"]! - 1;

    /// <summary>What else the server remembers of them.</summary>
    public JsonNode RecordOf(string task) => records[task]["taskRecord"]!;

    /// <summary>The private key of the Secret that the task <c>mutual</c> names.</summary>
    public string ClientKey => served!.ClientKey;

    /// <summary>What every agent measured.</summary>
    public IReadOnlyList<TargetReport> TargetsOf(string task) => [.. ReportOf(task).Report.LatestRoundReport.SelectMany(agent => agent.Measurements?.RoundTaskDetail ?? [])];

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is not { Length: > 0 })
            return;
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority("another CA");
        served = new ServedApplication(cluster.Kubectl);
        try
        {
            await served.StartAsync(authority, stranger);
            await cluster.InstallAsync("--allow-secrets-in", ServedApplication.Namespace);
            await cluster.ReadyAsync();
            Agents = (await cluster.AgentsAsync()).Count;
            await WriteAsync(served.Address);
            WriteWrong(served.Address, served.PodAddress);
            await WriteReachedAsync(served);
            var applied = await cluster.Kubectl.RunWithInputAsync(manifest.ToString(), "apply", "-f", "-");
            Assert.True(applied.ExitCode == 0, applied.All);
            await FinishAsync();
            foreach (var (kind, name) in tasks)
            {
                reports[name] = await ServedReports.ReadAsync(cluster.Kubectl, $"{kind.ToLowerInvariant()}-{name}");
                if (kind == "AppHttpHealthy")
                    records[name] = await served.RecordAsync(name);
            }
            await CountAsync();
            await ListenAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (served is null)
            return;
        await cluster.Kubectl.RunWithInputAsync(manifest.ToString(), "delete", "--ignore-not-found", "-f", "-");
        await UnchooseAsync();
        await served.RemoveAsync();
        await cluster.InstallAsync();
        await cluster.ReadyAsync();
    }

    private async Task WriteAsync(string address)
    {
        var (http, https) = ($"http://{address}/?task=", $"https://{address}/?task=");
        Http("a01", $"host: '{http}a01', method: GET");
        Http("a02", $"host: '{http}a02', method: GET", "statusCode: 201");
        Http("a03", $"host: '{http}a03&delay=0.3', method: GET", "meanAccessDelayInMs: 100");
        Http("a04", $"host: '{https}a04', method: GET, {Secret("ca")}");
        Http("a05", $"host: '{https}a05', method: GET, {Secret("bad-ca")}");
        Http("a06", $"host: '{http}a06', method: PUT");
        Http("a07", $"host: '{http}a07', method: POST, {Map("order")}");
        Http("a08", $"host: '{http}a08', method: HEAD");
        Http("a09", $"host: '{http}a09', method: PATCH");
        Http("a10", $"host: '{http}a10', method: OPTIONS");
        Http("delete", $"host: '{http}delete', method: DELETE");
        Http("kept", $"host: '{http}kept', method: GET, keepAlive: true");
        Http("fields", $"host: '{http}fields', method: POST, {Map("fields")}");
        var api = (await cluster.Kubectl.RunAsync("get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")).Output;
        Http("a12", $"host: '{http}a12&status=500&status-every=10', method: GET", "successRate: 0.5");
        Http("a13", $"host: '{https}a13', method: POST, http2: true, {Map("order")}, {Secret("ca")}");
        Http("a13-api", $"host: 'https://{api}/version', method: GET, http2: true, {Secret("api")}");
        Http("mutual", $"host: 'https://{address}:10443/?task=mutual', method: GET, {Secret("client")}");
        Dns("d01", "udp", "kubernetes.default.svc.cluster.local", "targetDns: { }");
        Dns("d02", "udp", "www.shop.test", $"targetUser: {{server: {address}, port: 53}}");
        Dns("d03", "tcp", "www.shop.test", $"targetUser: {{server: {address}, port: 53}}");
        Dns("d04", "tcp-tls", "www.shop.test", $"targetUser: {{server: {address}, port: 853}}");
        foreach (var (name, schedule) in new[] { ("simple", "0s 10s"), ("crontab", "*/10 * * * * *") })
        {
            Task("AppHttpHealthy", $"{name}-http", $"host: '{http}{name}-http', method: GET", rounds: 2, schedule: schedule);
            Task("Netdns", $"{name}-dns", "targetDns: { }", rounds: 2, schedule: schedule);
            Task("NetReach", $"{name}-reach", "ingress: false", rounds: 2, schedule: schedule);
        }
    }

    private Task<string> FinishAsync() => Waiting.UntilAsync(
        "all rounds end",
        async () => (await cluster.Kubectl.RunAsync(
            "get", "apphttphealthies,netdnses,netreaches", "-o", "jsonpath={range .items[*]}{.metadata.name}={.status.finish} {end}")).Output,
        seen => tasks.All(task => seen.Split(' ').Contains($"{task.Name}=true")));

    private void Http(string name, string target, string expect = "", string schedule = AtOnce) => Task("AppHttpHealthy", name, target, expect, schedule: schedule);

    private void Dns(string name, string protocol, string domain, string target, string schedule = AtOnce, string request = "", string more = "") =>
        Task("Netdns", name, target, "", $", protocol: {protocol}, domain: {domain}{request}", schedule: schedule, more: more);

    private void Task(string kind, string name, string target, string expect = "", string request = "", int rounds = 1, string schedule = AtOnce, string more = "")
    {
        tasks.Add((kind, name));
        manifest.Append(CultureInfo.InvariantCulture, $$"""
            apiVersion: kdoctor.io/v1beta1
            kind: {{kind}}
            metadata: {name: {{name}}}
            spec:
              expect: { {{expect}} }
              request: {durationInSecond: {{Seconds}}, perRequestTimeoutInMS: 5000, qps: {{Qps}}{{request}} }
              schedule: {roundNumber: {{rounds}}, roundTimeoutMinute: 1, schedule: "{{schedule}}"}
              target: { {{target}} }
              {{more}}
            ---

            """);
    }

    private static string Secret(string name) => $"tlsSecretName: {name}, tlsSecretNamespace: {ServedApplication.Namespace}";

    private static string Map(string name) => $"bodyConfigmapName: {name}, bodyConfigmapNamespace: {ServedApplication.Namespace}";
}
