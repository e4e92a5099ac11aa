using System.Globalization;
using Kdoctor.ClusterTests.Leading;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Databases;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <content>Two controllers by the folder of kustomize, as it is, over a real PostgreSQL.</content>
public sealed partial class OtherFormsTests
{
    private const string Host = "172.30.0.1";
    private const int Seconds = 10;

    /// <summary>Against the defect: only the leader knows how far a round is, and whoever is answered by the other sees a round without progress until it ends.</summary>
    /// <remarks>Seen red: the leader tells the store nothing; then the watch shows no number until the round is over.</remarks>
    [Fact]
    public async Task Two_controllers_by_kustomize_share_a_store_and_the_one_that_does_not_lead_shows_a_round_while_it_runs()
    {
        TestBed.Required();
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var cluster = await place.BareAsync();
        var kubectl = cluster.Kubectl;
        await using var postgres = await PostgresServer.StartAsync(Host, 5434);
        try
        {
            // As the page says it: the Secret first, and it needs its namespace.
            Done(await kubectl.RunWithInputAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {InstalledCluster.Namespace}}}\n", "apply", "-f", "-"));
            Done(await kubectl.RunAsync("-n", InstalledCluster.Namespace, "create", "secret", "generic", "kdoctor-postgres", $"--from-literal=connection={await postgres.NewDatabaseAsync()}"));
            await AppliedAsync(kubectl, "shared-store");
            Done(await kubectl.RunAsync("-n", InstalledCluster.Namespace, "rollout", "status", $"deployment/{ClusterNames.Controller}", "--timeout=120s"));
            await ReadyAsync(cluster);
            var leader = await Waiting.UntilAsync("one of two leads, and has its agents", () => Controllers.LeaderAsync(cluster), seen => seen.Holder.Length > 0 && seen.Agents > 0);
            var follower = Assert.Single((await Controllers.RunningAsync(cluster)).Keys, pod => pod != leader.Holder);
            await ServesAloneAsync(kubectl, follower);

            await using var watch = KdoctorProcess.StartProgram(
                Kubectl.Programs[0],
                ["--kubeconfig", cluster.Kubeconfig, "get", "kdoctorreports", "--watch", "-o", "jsonpath={.metadata.name} {.report.progress.planned} {.report.progress.sent} {.report.progress.agentsConnected}{\"\\n\"}"]);
            var report = await MeshRuns.RunAsync(kubectl, "shared", Seconds, qps: 10);

            Assert.True(report.Report.LatestRound!.Status == "succeed", report.Report.LatestRound.Summary);
            var agents = report.Report.LatestRoundReport.Count;
            List<string[]> shown = [.. watch.Output.Split('\n').Select(line => line.Split(' ')).Where(line => line[0] == report.Metadata.Name && line is [_, { Length: > 0 }, _, _])];
            Assert.All(shown, line => Assert.Equal((agents * agents * Seconds * 10, agents), (int.Parse(line[1], CultureInfo.InvariantCulture), int.Parse(line[3], CultureInfo.InvariantCulture))));
            var sent = shown.Select(line => int.Parse(line[2], CultureInfo.InvariantCulture)).Where(count => count > 0).ToList();
            Assert.True(sent.Distinct().Count() > 2, $"the report was seen with these numbers of requests: {string.Join(", ", sent)}\n{watch.Output}");
            Assert.Equal(sent.Order(), sent);
        }
        finally
        {
            await cluster.UninstallAsync();
            await kubectl.RunAsync("delete", "namespace", InstalledCluster.Namespace, "--ignore-not-found");
        }
    }

    // Who answers is the Service's choice: this leaves it one.
    private static async Task ServesAloneAsync(Kubectl kubectl, string pod)
    {
        Done(await kubectl.RunAsync("-n", InstalledCluster.Namespace, "label", "pod", pod, "kdoctor.io/test=answers"));
        Done(await kubectl.RunAsync("-n", InstalledCluster.Namespace, "patch", "service", ClusterNames.Controller, "-p", """{"spec":{"selector":{"kdoctor.io/test":"answers"}}}"""));
        await Waiting.UntilAsync(
            "the Service leads to one controller",
            async () => (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "endpoints", ClusterNames.Controller, "-o", "jsonpath={.subsets[*].addresses[*].targetRef.name}")).Output,
            names => names == pod);

        // API servers keep their connections to the others for a while.
        await Waiting.UntilAsync(
            "it answers", async () => (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "--raw", "/apis/system.kdoctor.io/v1beta1/kdoctorreports")).ExitCode, code => code == 0);
    }
}
