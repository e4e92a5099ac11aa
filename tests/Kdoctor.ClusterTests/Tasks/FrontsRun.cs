using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>One round over the balancers' names and one through the ingress, at once.</summary>
public sealed class FrontsRun(InstalledCluster cluster) : IAsyncLifetime
{
    public const int PerAgent = 10 * 3;

    private const string Spec = """
        request: {durationInSecond: 3, qps: 10, perRequestTimeoutInMS: 2000}, schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1},
        expect: {meanAccessDelayInMs: 2000}
        """;

    private ReportBody? balancers;
    private ReportBody? ingress;

    public int Agents { get; private set; }

    /// <summary>Of the task over the balancers; skips the test where there is no test bed.</summary>
    public ReportBody Balancers => Of(balancers);

    /// <summary>Of the task through the ingress; skips the test where there is no test bed.</summary>
    public ReportBody Ingress => Of(ingress);

    public async ValueTask InitializeAsync()
    {
        if (!TestBed.IsThere)
            return;
        await using var fronts = new Fronts(cluster.Kubectl);
        await fronts.StartAsync();
        Agents = (await cluster.AgentsAsync()).Count;
        await using var tasks = new ClusterTasks(cluster.Kubectl);
        await tasks.ApplyAsync("NetReach", "balancers", $"{{{Spec}, target: {{endpoint: false, clusterIP: false, nodePort: false, loadBalancer: true, ipv6: true}}}}");
        await tasks.ApplyAsync("NetReach", "front", $"{{{Spec}, target: {{endpoint: false, clusterIP: false, nodePort: false, ingress: true, ipv6: true}}}}");
        balancers = (await tasks.FinishedAsync("NetReach", "balancers")).Report;
        ingress = (await tasks.FinishedAsync("NetReach", "front")).Report;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ReportBody Of(ReportBody? report)
    {
        TestBed.Required();
        Assert.NotEmpty(cluster.Kubeconfig);
        return report!;
    }
}
