using System.Globalization;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>One task of each kind alone, one after the other, then two of each kind at once; what each came to, by the agents and by whom they asked.</summary>
public sealed class DefaultAgentsRun(InstalledCluster cluster) : IAsyncLifetime
{
    public const int Qps = 5;
    public const int PerTarget = Qps * Seconds;
    private const int Seconds = 4;

    private static readonly string[] Kinds = ["NetReach", "AppHttpHealthy", "Netdns"];

    private readonly Dictionary<string, ReportBody> reports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> served = new(StringComparer.Ordinal);

    public int Agents { get; private set; }

    /// <summary>The last round's report; skips the test where there is no cluster.</summary>
    public ReportBody ReportOf(string task)
    {
        Assert.NotEmpty(cluster.Kubeconfig);
        return reports[task];
    }

    /// <summary>How many requests of a task the agents' own echoes counted, for they are also who is asked.</summary>
    public long ServedTo(string task) => served[task];

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is not { Length: > 0 })
            return;
        Agents = (await cluster.AgentsAsync()).Count;
        foreach (var kind in Kinds)
            await RunAsync((kind, $"one-{kind.ToLowerInvariant()}"));
        await RunAsync([.. Kinds.SelectMany(kind => new[] { "first", "second" }.Select(name => (kind, $"{name}-{kind.ToLowerInvariant()}")))]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task RunAsync(params (string Kind, string Name)[] wanted)
    {
        var service = await AddressAsync(InstalledCluster.Namespace, ClusterNames.AgentServiceV4);
        var dns = await AddressAsync("kube-system", "kube-dns");
        await using var tasks = new ClusterTasks(cluster.Kubectl);
        foreach (var (kind, name) in wanted)
        {
            var target = kind switch
            {
                "AppHttpHealthy" => $", target: {{host: 'http://{service}/?task={name}', method: GET}}",
                "Netdns" => $", target: {{targetUser: {{server: {dns}}}}}",
                _ => "",
            };
            var request = string.Create(CultureInfo.InvariantCulture, $"request: {{durationInSecond: {Seconds}, qps: {Qps}, perRequestTimeoutInMS: 2000}}");
            await tasks.ApplyAsync(kind, name, $"{{{request}, schedule: {{roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}}{target}}}");
        }
        foreach (var (kind, name) in wanted)
            reports[name] = (await tasks.FinishedAsync(kind, name)).Report;
        foreach (var (_, name) in wanted.Where(task => task.Kind != "Netdns"))
            served[name] = await EchoCounts.OfAsync(cluster, name);
    }

    private async Task<string> AddressAsync(string ns, string service) =>
        (await cluster.Kubectl.RunAsync("-n", ns, "get", "service", service, "-o", "jsonpath={.spec.clusterIP}")).Output;
}
