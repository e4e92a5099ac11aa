using Kdoctor.ClusterTests.Installed;
using Kdoctor.ClusterTests.Leading;
using Kdoctor.ClusterTests.Tasks;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.ClusterTests.Access;

/// <summary>What an API server stores of tasks, with the webhook and without it.</summary>
[Collection(InstalledTurns.Name)]
public sealed class AdmissionTests(InstalledCluster cluster)
{
    private const string Editor = "kdoctor-test-editor";
    private const string WrongSchedule = "neither two fields";

    [Theory]
    [InlineData("secrets", "tlsSecretName: absent, tlsSecretNamespace: default")]
    [InlineData("configmaps", "bodyConfigmapName: absent, bodyConfigmapNamespace: default")]
    public async Task Who_may_make_tasks_names_only_objects_that_they_may_read(string plural, string named)
    {
        try
        {
            await KubectlAsync("create", "clusterrolebinding", Editor, "--clusterrole=kdoctor-edit", $"--user={Editor}");
            await Waiting.UntilAsync("the editor may make tasks", () => AsEditorAsync(""), answer => answer.ExitCode == 0);

            var refused = await AsEditorAsync($", {named}");
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains($"which \"{Editor}\" may not read", refused.Error, StringComparison.Ordinal);

            await KubectlAsync("-n", "default", "create", "role", Editor, "--verb=get", $"--resource={plural}");
            await KubectlAsync("-n", "default", "create", "rolebinding", Editor, $"--role={Editor}", $"--user={Editor}");
            await Waiting.UntilAsync("the editor may read the object", () => AsEditorAsync($", {named}"), answer => answer.ExitCode == 0);
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "clusterrolebinding", Editor, "--ignore-not-found");
            await cluster.Kubectl.RunAsync("-n", "default", "delete", "rolebinding,role", Editor, "--ignore-not-found");
        }
    }

    [Fact]
    public async Task No_variable_of_a_tasks_agents_comes_from_kdoctors_own_Secrets()
    {
        var refused = await TryAsync(
            "NetReach", $"{{agentSpec: {{env: [{{name: X, valueFrom: {{secretKeyRef: {{name: {ClusterNames.TlsSecret}, key: ca.key}}}}}}]}}}}");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("valueFrom.secretKeyRef", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AppHttpHealthy", "{target: {host: 'http://127.0.0.1:8080', method: GET}}")]
    [InlineData("AppHttpHealthy", "{target: {host: 'http://[::ffff:127.0.0.1]/', method: GET}}")]
    [InlineData("AppHttpHealthy", "{target: {host: 'http://169.254.169.254/latest/meta-data', method: GET}}")]
    [InlineData("Netdns", "{target: {targetUser: {server: '::1'}}}")]
    public async Task Loopback_and_metadata_addresses_are_refused(string kind, string spec)
    {
        var refused = await TryAsync(kind, spec);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("targets.allow", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Secret_outside_secretNamespaces_is_not_read_and_the_report_says_so()
    {
        await using var tasks = new ClusterTasks(cluster.Kubectl);
        await tasks.ApplyAsync(
            "AppHttpHealthy", "elsewhere",
            "{schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}, target: {host: 'https://kubernetes.default.svc', method: GET, tlsSecretName: any, tlsSecretNamespace: kube-system}}");
        var report = await tasks.FinishedAsync("AppHttpHealthy", "elsewhere");
        Assert.Equal("unknown", report.Report.LatestRound!.Status);
        Assert.Contains("list kube-system under secretNamespaces", Assert.Single(report.Report.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_controller_a_wrong_task_is_accepted_and_once_it_is_back_a_condition_and_an_event_refuse_it()
    {
        const string Name = "slipped";
        await using var tasks = new ClusterTasks(cluster.Kubectl);
        await WithoutControllersAsync(() => tasks.ApplyAsync("NetReach", Name, "{schedule: {schedule: 'every now and then'}}"));
        await Waiting.UntilAsync(
            "the condition names the problem",
            () => tasks.FieldAsync("netreach", Name, ".status.conditions[?(@.type==\"Accepted\")].status} {.status.conditions[?(@.type==\"Accepted\")].message"),
            said => said.StartsWith("False ", StringComparison.Ordinal) && said.Contains(WrongSchedule, StringComparison.Ordinal));
        await Waiting.UntilAsync(
            "an event names it too",
            async () => (await cluster.Kubectl.RunAsync(
                "-n", "default", "get", "events", "--field-selector", $"involvedObject.kind=NetReach,involvedObject.name={Name}", "-o", "jsonpath={range .items[*]}{.type} {.reason} {.message}{\"\\n\"}{end}")).Output,
            said => said.Contains("Warning Invalid ", StringComparison.Ordinal) && said.Contains(WrongSchedule, StringComparison.Ordinal));
    }

    // The next test finds the controllers as this one did: they lead, their webhook reviews, and every default agent is connected.
    private async Task WithoutControllersAsync(Func<Task> work)
    {
        string[] deployment = ["-n", InstalledCluster.Namespace, "deployment", ClusterNames.Controller];
        var replicas = (await cluster.Kubectl.RunAsync(["get", .. deployment, "-o", "jsonpath={.spec.replicas}"])).Output;
        try
        {
            await KubectlAsync(["scale", .. deployment, "--replicas=0"]);
            await Waiting.UntilAsync("no controller is there", PodsAsync, pods => pods.Length == 0);
            await work();
        }
        finally
        {
            await KubectlAsync(["scale", .. deployment, $"--replicas={replicas}"]);
            await KubectlAsync(["rollout", "status", .. deployment, "--timeout=170s"]);
            await Waiting.UntilAsync(
                "tasks are reviewed by the webhook", () => TryAsync("NetReach", "{schedule: {schedule: 'every now and then'}}"), answer => answer.Error.Contains(WrongSchedule, StringComparison.Ordinal));
            var agents = (await cluster.AgentsAsync()).Count;
            await Waiting.UntilAsync(
                "every agent is connected to a controller that runs",
                async () => (Leader: await Controllers.LeaderAsync(cluster), Running: await Controllers.RunningAsync(cluster)),
                seen => seen.Leader.Agents == agents && seen.Running.ContainsKey(seen.Leader.Holder));
        }
    }

    private async Task<string> PodsAsync() => (await cluster.Kubectl.RunAsync(
        "-n", InstalledCluster.Namespace, "get", "pods", "-l", $"{ClusterNames.NameLabel}={ClusterNames.Controller}", "-o", "name")).Output;

    private Task<KubectlResult> AsEditorAsync(string target) =>
        TryAsync("AppHttpHealthy", $"{{target: {{host: 'https://shop.example', method: POST{target}}}}}", "--as", Editor, "--as-group", "system:authenticated");

    // A dry run is reviewed like a real one, and leaves nothing behind.
    private Task<KubectlResult> TryAsync(string kind, string spec, params string[] options) => cluster.Kubectl.RunWithInputAsync(
        $"apiVersion: kdoctor.io/v1beta1\nkind: {kind}\nmetadata: {{name: tried}}\nspec: {spec}\n", ["create", "--dry-run=server", "-f", "-", .. options]);

    private async Task KubectlAsync(params string[] arguments)
    {
        var run = await cluster.Kubectl.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, run.All);
    }
}
