using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>Installing, installing over, and removing.</summary>
[Collection(InstalledTurns.Name)]
public sealed class InstallationTests(InstalledCluster cluster)
{
    [Fact]
    public async Task It_is_ready_within_a_minute_and_installing_again_changes_nothing()
    {
        Assert.Equal("True", (await cluster.Kubectl.RunAsync("get", "apiservice", "v1beta1.system.kdoctor.io", "-o", "jsonpath={.status.conditions[0].status}")).Output);
        Assert.InRange(cluster.InstallationTook, TimeSpan.Zero, TimeSpan.FromSeconds(60));

        var again = await cluster.InstallAsync();
        var touched = again.Split('\n').Where(line => line.EndsWith(" created", StringComparison.Ordinal) || line.EndsWith(" changed", StringComparison.Ordinal));
        Assert.Empty(touched);
    }

    [Fact]
    public async Task Installing_over_an_older_installation_removes_what_this_version_no_longer_has()
    {
        var kubectl = cluster.Kubectl;
        var older = $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: kdoctor-older, namespace: {{InstalledCluster.Namespace}}, labels: {{{ClusterNames.PartOfLabel}}: {{ClusterNames.PartOf}} } }
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: kdoctor-older, labels: {{{ClusterNames.PartOfLabel}}: {{ClusterNames.PartOf}} } }
            rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: kdoctor-of-a-task, namespace: {{InstalledCluster.Namespace}}, labels: {{{ClusterNames.PartOfLabel}}: {{ClusterNames.PartOf}}, {{ClusterNames.RuntimeLabel}}: netreach-x} }
            """;
        Assert.Equal(0, (await kubectl.RunWithInputAsync(older, "apply", "-f", "-")).ExitCode);
        Assert.Equal(0, (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "patch", "service", ClusterNames.AgentServiceV4, "--type=merge", "-p", """{"spec":{"type":"ClusterIP"}}""")).ExitCode);

        var said = await cluster.InstallAsync();

        Assert.Contains("configmap/kdoctor-older in kdoctor removed", said, StringComparison.Ordinal);
        Assert.Contains("clusterrole/kdoctor-older removed", said, StringComparison.Ordinal);
        Assert.Contains($"service/{ClusterNames.AgentServiceV4} in kdoctor changed", said, StringComparison.Ordinal);
        Assert.NotEqual(0, (await kubectl.RunAsync("get", "clusterrole", "kdoctor-older")).ExitCode);
        Assert.Equal(0, (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "delete", "configmap", "kdoctor-of-a-task")).ExitCode);
        Assert.Equal("LoadBalancer", (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "service", ClusterNames.AgentServiceV4, "-o", "jsonpath={.spec.type}")).Output);
    }

    [Fact]
    public async Task An_option_that_is_not_given_again_is_named_once()
    {
        await cluster.InstallAsync("--service-type", "NodePort");
        Assert.Contains("given before and not now: --service-type NodePort;", await cluster.InstallAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("--service-type", await cluster.InstallAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_leaves_tasks_and_purging_leaves_nothing_of_ours()
    {
        var kubectl = cluster.Kubectl;
        Assert.Equal(0, (await kubectl.RunWithInputAsync(Task(), "apply", "-f", "-")).ExitCode);
        try
        {
            Assert.Equal(0, (await ClusterCommand.RunAsync(cluster.Kubeconfig, ["uninstall"])).ExitCode);
            Assert.Equal(0, (await kubectl.RunAsync("get", "netreach", "left-behind")).ExitCode);
            Assert.Equal("", (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "pods,services,deployments,daemonsets,roles,secrets", "-l", $"{ClusterNames.PartOfLabel}={ClusterNames.PartOf}", "-o", "name")).Output);

            await cluster.UninstallAsync();
            Assert.Equal([], await OursAsync());
        }
        finally
        {
            await cluster.InstallAsync();
        }
    }

    // Every kind of object that the cluster knows is listed; ours say so by label or by name.
    private async Task<IReadOnlyList<string>> OursAsync()
    {
        var kinds = (await cluster.Kubectl.RunAsync("api-resources", "--verbs=list", "-o", "name")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(kinds.Length > 20, string.Join(' ', kinds));
        var found = new List<string>();
        foreach (var kind in kinds.Where(kind => !kind.StartsWith("events", StringComparison.Ordinal)))
        {
            var listed = await cluster.Kubectl.RunAsync("get", kind, "-A", "-o", "json");
            foreach (var item in JsonNode.Parse(listed.Output.Length == 0 ? """{"items":[]}""" : listed.Output)!["items"]!.AsArray())
            {
                var name = item!["metadata"]!["name"]!.ToString();
                if (name.Contains("kdoctor", StringComparison.Ordinal) || item["metadata"]!["labels"]?[ClusterNames.PartOfLabel]?.ToString() == ClusterNames.PartOf)
                    found.Add($"{kind}/{name}");
            }
        }
        return found;
    }

    private static string Task() => """
        apiVersion: kdoctor.io/v1beta1
        kind: NetReach
        metadata: {name: left-behind}
        spec: {schedule: {schedule: 60 60}}
        """;
}
