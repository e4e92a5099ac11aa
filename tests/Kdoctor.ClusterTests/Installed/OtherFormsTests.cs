using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit;
using Kdoctor.TestKit.Charts;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>The folder of kustomize and the chart, applied as users apply them: each is an installation that runs.</summary>
[Collection(InstalledTurns.Name)]
public sealed partial class OtherFormsTests(TakenAway place) : IClassFixture<TakenAway>
{
    [Fact]
    public async Task The_kustomize_folder_is_an_installation_that_the_command_takes_over()
    {
        var cluster = await place.BareAsync();
        await AppliedAsync(cluster.Kubectl, "base");
        await ReadyAsync(cluster);
        var trusted = await AuthorityAsync(cluster.Kubectl);
        Assert.NotEqual("", trusted);

        // What the controller wrote stays, whatever kubectl applies again.
        foreach (var program in Kubectl.Programs)
        {
            using var kubectl = new Kubectl(program, cluster.Kubeconfig);
            Assert.Equal([], (await AppliedAsync(kubectl, "base")).Where(line => !line.EndsWith(" unchanged", StringComparison.Ordinal) && !line.EndsWith(" configured", StringComparison.Ordinal)));
            Assert.Equal(trusted, await AuthorityAsync(kubectl));
            foreach (var (overlay, first) in (IEnumerable<(string, string)>)[("dual-stack", "service/kdoctor-agent-ipv6"), ("network-policies", "networkpolicy.networking.k8s.io/kdoctor-controller"), ("secrets", "role.rbac.authorization.k8s.io/kdoctor-controller-secrets")])
                Assert.Contains(await AppliedAsync(kubectl, overlay), line => line.StartsWith(first + " ", StringComparison.Ordinal));
        }

        var said = await cluster.InstallAsync();
        Assert.Contains($"networkpolicy/{ClusterNames.Controller} in kdoctor removed", said, StringComparison.Ordinal);
        Assert.Contains("role/kdoctor-controller-secrets in default removed", said, StringComparison.Ordinal);
        Assert.Contains("daemonset/kdoctor-agent in kdoctor", said, StringComparison.Ordinal);
        await MeshRuns.HealedAsync(cluster.Kubectl, "after-kustomize");
    }

    [Fact]
    public async Task The_rendered_chart_is_an_installation_with_its_agents_on_the_nodes_own_network()
    {
        var cluster = await place.BareAsync();
        var kubectl = cluster.Kubectl;
        var hasPolicy = (await kubectl.RunAsync("get", "--raw", "/apis/policy/v1")).ExitCode == 0;
        var (text, error) = ChartRenderer.Render(hasPolicy ? "policy/v1" : "policy/v1beta1", ("kdoctorAgent.hostnetwork", true), ("networkPolicies.enabled", true));
        Assert.Null(error);

        // As helm does it: --create-namespace, the folder crds, then the templates.
        Done(await kubectl.RunWithInputAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {InstalledCluster.Namespace}}}\n", "apply", "-f", "-"));
        try
        {
            Done(await kubectl.RunAsync("apply", "-f", Repository.Path("charts/kdoctor/crds")));
            Done(await kubectl.RunWithInputAsync(text!, "apply", "-f", "-"));
            await ReadyAsync(cluster);

            // The same as the command makes: nothing to change where it matters. Whether policies are kept to is the network plugin's business; here they are there.
            var said = await cluster.InstallAsync("--host-network", "--network-policies");
            Assert.Contains($"daemonset/{ClusterNames.Agent} in kdoctor", said, StringComparison.Ordinal);
            Assert.Equal(
                ["kdoctor-agent", "kdoctor-controller"],
                (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "networkpolicy", "-o", "jsonpath={.items[*].metadata.name}")).Output.Split(' ').Order(StringComparer.Ordinal));
            await HostNetworkIsMeasuredAsync(kubectl);
            await OwnAgentsStandBesideAsync(kubectl);
        }
        finally
        {
            // A namespace that the command did not make is not its to remove.
            await cluster.UninstallAsync();
            await kubectl.RunAsync("delete", "namespace", InstalledCluster.Namespace);
        }
    }

    private static async Task HostNetworkIsMeasuredAsync(Kubectl kubectl)
    {
        var nodes = JsonNode.Parse((await kubectl.RunAsync("get", "nodes", "-o", "json")).Output)!["items"]!.AsArray()
            .SelectMany(node => node!["status"]!["addresses"]!.AsArray()).Where(address => address!["type"]!.ToString() == "InternalIP").Select(address => address!["address"]!.ToString()).ToList();
        var report = await MeshRuns.RunAsync(kubectl, "host-network", seconds: 2, qps: 5);
        Assert.True(report.Report.LatestRound!.Status == "succeed", report.Report.LatestRound.Summary);
        var asked = report.Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).Select(target => new Uri(target.Url!)).ToList();
        Assert.NotEmpty(asked);
        Assert.All(asked, url => Assert.Contains(url.Host, nodes));
        Assert.All(asked, url => Assert.Equal(ClusterPorts.EchoContainer, url.Port));
    }

    /// <remarks>Seen red: a task's agents keep the default ones' ports; then no scheduler puts them on the same nodes, and each of them is silent.</remarks>
    private static async Task OwnAgentsStandBesideAsync(Kubectl kubectl)
    {
        string[] names = ["beside-1", "beside-2"];
        try
        {
            Done(await kubectl.RunWithInputAsync(string.Join("\n---\n", names.Select(name => $$"""
                apiVersion: kdoctor.io/v1beta1
                kind: NetReach
                metadata: {name: {{name}}}
                spec:
                  agentSpec: {hostNetwork: true, terminationGracePeriodMinutes: 0}
                  request: {durationInSecond: 2, qps: 5, perRequestTimeoutInMS: 2000}
                  schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
                  target: {clusterIP: false, nodePort: false}
                """)), "apply", "-f", "-"));
            var taken = new List<int> { ClusterPorts.EchoContainer };
            foreach (var name in names)
            {
                await RunningLab.FinishedAsync(kubectl, "netreach", name);
                var report = (await ServedReports.ReadAsync(kubectl, $"netreach-{name}")).Report;
                Assert.True(report.LatestRound!.Status == "succeed", $"{report.LatestRound.Summary}\n{string.Join('\n', report.LatestRoundReport.Select(agent => agent.ReasonsForFailure))}");
                var port = Assert.Single(report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).Select(target => new Uri(target.Url!).Port).Distinct());
                Assert.DoesNotContain(port, taken);
                taken.Add(port);
            }
        }
        finally
        {
            await kubectl.RunAsync(["delete", "netreach", "--ignore-not-found", .. names]);
        }
    }

    private static async Task<IReadOnlyList<string>> AppliedAsync(Kubectl kubectl, string overlay)
    {
        var applied = await kubectl.RunAsync("apply", "-k", Repository.Path("deploy/kustomize", overlay));
        Done(applied);
        return applied.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Done(KubectlResult result) => Assert.True(result.ExitCode == 0, result.All);

    private static async Task<string> AuthorityAsync(Kubectl kubectl) =>
        (await kubectl.RunAsync("get", "validatingwebhookconfiguration", ClusterNames.Controller, "-o", "jsonpath={.webhooks[0].clientConfig.caBundle}")).Output;

    private static async Task ReadyAsync(InstalledCluster cluster)
    {
        await Waiting.UntilAsync(
            "the reports' API is available",
            async () => (await cluster.Kubectl.RunAsync("get", "apiservice", "v1beta1.system.kdoctor.io", "-o", "jsonpath={.status.conditions[?(@.type=='Available')].status}")).Output,
            status => status == "True");
        await cluster.ReadyAsync();
    }
}
