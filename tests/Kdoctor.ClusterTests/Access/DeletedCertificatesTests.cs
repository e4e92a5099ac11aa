using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Access;

/// <summary>Somebody deletes what the controller keeps its certificates in.</summary>
[Collection(InstalledTurns.Name)]
public sealed class DeletedCertificatesTests(InstalledCluster cluster)
{
    private const string Secret = "kdoctor-controller-tls";
    private const string Authority = "kdoctor-controller-ca";

    [Fact]
    public async Task They_are_made_anew_the_reports_are_served_again_and_agents_come_back()
    {
        var before = await AuthorityAsync();
        await KubectlAsync("delete", "secret", Secret);
        await KubectlAsync("delete", "configmap", Authority);
        var after = await Waiting.UntilAsync("there is another authority for agents to trust", AuthorityAsync, found => found.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal) && found != before);
        Assert.NotEmpty((await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "secret", Secret, "-o", "jsonpath={.data.tls\\.key}")).Output);
        Assert.NotEqual(before, after);
        await Waiting.UntilAsync(
            "the reports are served", async () => await cluster.Kubectl.RunAsync("get", "kdoctorreports"), answer => answer.ExitCode == 0);
        await Waiting.UntilAsync(
            "tasks are reviewed by the webhook again",
            async () => (await cluster.Kubectl.RunWithInputAsync("apiVersion: kdoctor.io/v1beta1\nkind: NetReach\nmetadata: {name: wrong}\nspec: {schedule: {schedule: 'every now and then'}}\n", "apply", "--dry-run=server", "-f", "-")).All,
            answer => answer.Contains("neither two fields", StringComparison.Ordinal));

        // Agents that must dial anew find the new authority where their kubelet brings it.
        await KubectlAsync("rollout", "restart", "deployment", "kdoctor-controller");
        await KubectlAsync("rollout", "status", "deployment", "kdoctor-controller");
        await Waiting.UntilAsync("the agents are back", RoundAsync, summary => summary.StartsWith("succeed", StringComparison.Ordinal), TimeSpan.FromMinutes(4));

        // What the controller makes in need lacks an installation's further labels; installing again gives them.
        Assert.Contains($"secret/{Secret} in {InstalledCluster.Namespace} changed", await cluster.InstallAsync(), StringComparison.Ordinal);
    }

    private async Task<string> RoundAsync()
    {
        KdoctorReport report = await MeshRuns.RunAsync(cluster.Kubectl, "agents-back", seconds: 2, qps: 5);
        return $"{report.Report.LatestRound!.Status}: {report.Report.LatestRound.Summary}";
    }

    private async Task<string> AuthorityAsync() =>
        (await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "configmap", Authority, "-o", "jsonpath={.data.ca\\.crt}")).Output;

    private async Task KubectlAsync(params string[] arguments)
    {
        var run = await cluster.Kubectl.RunAsync(["-n", InstalledCluster.Namespace, .. arguments]);
        Assert.True(run.ExitCode == 0, run.All);
    }
}
