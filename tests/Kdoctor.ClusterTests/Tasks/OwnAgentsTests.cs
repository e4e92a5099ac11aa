using System.Text.Json.Nodes;
using Kdoctor.ClusterTests.Installed;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>Agents of a task's own (cases E01 to E12).</summary>
[Collection(InstalledTurns.Name)]
public sealed class OwnAgentsTests(InstalledCluster cluster)
{
    private const string Brief = "request: {durationInSecond: 3, qps: 10, perRequestTimeoutInMS: 2000}, schedule: {roundNumber: 1, roundTimeoutMinute: 2, schedule: 0 2}, expect: {meanAccessDelayInMs: 2000}";

    [Theory]
    [InlineData("DaemonSet", 3)]
    [InlineData("Deployment", 2)]
    public async Task Every_kind_of_task_gets_its_own_agents_and_takes_them_along(string workload, int agents)
    {
        await using var tasks = new ClusterTasks(cluster.Kubectl);
        var service = (await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "service", "kdoctor-agent-ipv4", "-o", "jsonpath={.spec.clusterIP}")).Output;
        var dns = (await cluster.Kubectl.RunAsync("-n", "kube-system", "get", "service", "kube-dns", "-o", "jsonpath={.spec.clusterIP}")).Output;
        var own = $"agentSpec: {{kind: {workload}, deploymentReplicas: 2, annotation: {{team: net}}, env: [{{name: COLOUR, value: blue}}], resources: {{requests: {{memory: 16Mi}}}}}}";
        await tasks.ApplyAsync("NetReach", "own", $"{{{own}, {Brief}, target: {{ingress: true, endpoint: false, nodePort: false}}}}");
        await tasks.ApplyAsync("AppHttpHealthy", "own", $"{{{own}, {Brief}, target: {{host: \"http://{service}\", method: GET}}}}");
        await tasks.ApplyAsync("Netdns", "own", $"{{{own}, {Brief}, target: {{targetUser: {{server: {dns}}}}}}}");
        foreach (var (kind, verdict) in new[] { ("NetReach", "unknown"), ("AppHttpHealthy", "succeed"), ("Netdns", "succeed") })
        {
            // No ingress controller has announced an address for the Ingress: what is left out is not green.
            var report = await tasks.FinishedAsync(kind, "own");
            Assert.True(report.Report.LatestRound!.Status == verdict, $"{kind}: {report.Report.LatestRound.Summary}");
            Assert.Equal(agents, report.Report.LatestRound.ReportedAgents);
            Assert.Equal(report.Report.LatestRound.Requests!.Planned, report.Report.LatestRound.Requests.Succeeded);
            var name = $"{kind.ToLowerInvariant()}-own";
            Assert.Equal($"{name} {workload} {name}-ipv4 {name}-ipv6 created", await tasks.FieldAsync(kind, "own", ".status.resource.runtimeName} {.status.resource.runtimeType} {.status.resource.serviceNameV4} {.status.resource.serviceNameV6} {.status.resource.runtimeStatus"));
            Assert.All(report.Report.LatestRoundReport, agent => Assert.StartsWith(name, agent.PodName, StringComparison.Ordinal));
            var objects = (await OfRuntimeAsync(name)).Select(found => found["kind"]!.ToString()).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(kind == "NetReach" ? [workload, "Ingress", "Service", "Service"] : [workload, "Service", "Service"], objects);
        }
        var made = (await OfRuntimeAsync("netreach-own")).Single(found => found["kind"]!.ToString() == workload)["spec"]!["template"]!;
        Assert.Equal("net", made["metadata"]!["annotations"]!["team"]!.ToString());
        Assert.Contains(made["spec"]!["containers"]![0]!["env"]!.AsArray(), variable => variable!["name"]!.ToString() == "COLOUR");

        await tasks.DeleteAsync();
        foreach (var kind in new[] { "netreach", "apphttphealthy", "netdns" })
            await Waiting.UntilAsync($"the agents of {kind} own go", async () => (await OfRuntimeAsync($"{kind}-own")).Count, left => left == 0);
    }

    [Fact]
    public async Task What_somebody_changes_is_mended_and_what_is_over_goes()
    {
        await using var tasks = new ClusterTasks(cluster.Kubectl);
        await tasks.ApplyAsync("NetReach", "mended", $"{{agentSpec: {{terminationGracePeriodMinutes: 60}}, {Brief}, target: {{nodePort: false}}}}");
        await tasks.FinishedAsync("NetReach", "mended");
        var kubectl = cluster.Kubectl;
        Assert.Equal(0, (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "patch", "daemonset", "netreach-mended", "--type=merge", "-p", """{"spec":{"template":{"spec":{"hostNetwork":true,"dnsPolicy":"ClusterFirstWithHostNet"}}}}""")).ExitCode);
        Assert.Equal(0, (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "delete", "service", "netreach-mended-ipv4")).ExitCode);
        await Waiting.UntilAsync(
            "the DaemonSet is mended", async () => (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "daemonset", "netreach-mended", "-o", "jsonpath={.spec.template.spec.hostNetwork}")).Output, network => network is "" or "false");
        await Waiting.UntilAsync("the Service is back", async () => (await OfRuntimeAsync("netreach-mended")).Count, objects => objects == 3);

        Assert.Equal(0, (await kubectl.RunAsync("patch", "netreach", "mended", "--type=merge", "-p", """{"spec":{"agentSpec":{"terminationGracePeriodMinutes":0}}}""")).ExitCode);
        await Waiting.UntilAsync("the grace is over", () => tasks.FieldAsync("NetReach", "mended", ".status.resource.runtimeStatus"), status => status == "deleted");
        await Waiting.UntilAsync("the agents go", async () => (await OfRuntimeAsync("netreach-mended")).Count, left => left == 0);
    }

    [Fact]
    public async Task A_node_that_cannot_run_an_agent_is_named_with_the_reason_and_blocks_nobody()
    {
        var kubectl = cluster.Kubectl;
        var node = (await kubectl.RunAsync("get", "nodes", "-o", "jsonpath={.items[1].metadata.name}")).Output;
        var image = (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "daemonset", "kdoctor-agent", "-o", "jsonpath={.spec.template.spec.containers[0].image}")).Output;
        var squatter = $"apiVersion: v1\nkind: Pod\nmetadata: {{name: squatter, namespace: default, labels: {{alone: \"yes\"}}}}\nspec: {{nodeName: {node}, containers: [{{name: it, image: \"{image}\"}}]}}\n";
        Assert.Equal(0, (await kubectl.RunWithInputAsync(squatter, "apply", "-f", "-")).ExitCode);
        try
        {
            // These agents keep away from a node with such a pod.
            const string Away = "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{namespaces: [default], topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {alone: \"yes\"}}}]}}";
            await using var tasks = new ClusterTasks(kubectl);
            await tasks.ApplyAsync("NetReach", "crowded", $"{{agentSpec: {{{Away}}}, {Brief}, target: {{nodePort: false}}}}");
            var report = await tasks.FinishedAsync("NetReach", "crowded");
            Assert.Equal("fail", report.Report.LatestRound!.Status);
            Assert.Equal(2, report.Report.LatestRound.ReportedAgents);
            var silent = Assert.Single(report.Report.LatestRoundReport, agent => agent.AgentState == "silent");
            Assert.Equal(node, silent.NodeName);
            Assert.Contains("cannot be scheduled", string.Join(' ', silent.ReasonsForFailure), StringComparison.Ordinal);
            var measured = report.Report.LatestRoundReport.Where(agent => agent.AgentState != "silent").SelectMany(agent => agent.Measurements!.RoundTaskDetail).ToList();
            Assert.Equal(2 * 3, measured.Count);
            Assert.All(measured, target => Assert.Equal(30, target.RequestTargetMetrics.SuccessCounts));
        }
        finally
        {
            await kubectl.RunAsync("-n", "default", "delete", "pod", "squatter", "--ignore-not-found", "--wait=false");
        }
    }

    private async Task<IReadOnlyList<JsonNode>> OfRuntimeAsync(string runtime)
    {
        var listed = await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "get", "daemonsets,deployments,services,ingresses.networking.k8s.io", "-l", $"kdoctor.io/runtime={runtime}", "-o", "json");
        return [.. JsonNode.Parse(listed.Output)!["items"]!.AsArray().Select(item => item!)];
    }
}
