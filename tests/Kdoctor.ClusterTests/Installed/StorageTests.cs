using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>Rounds on a volume are there after the controller's pod is gone.</summary>
[Collection(InstalledTurns.Name)]
public sealed class StorageTests(InstalledCluster cluster)
{
    private const string Name = "kdoctor-test-rounds";

    [Fact]
    public async Task Rounds_on_a_volume_outlive_the_controllers_pod_and_are_not_run_again()
    {
        TestBed.Required();
        var kubectl = cluster.Kubectl;
        var folder = Directory.CreateTempSubdirectory("kdoctor-rounds-");
        // A kubelet gives a folder of its host to nobody: the user of the controller's container must be able to write it.
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_111_111);
        try
        {
            var made = await kubectl.RunWithInputAsync(Volume(folder.FullName), "apply", "-f", "-");
            Assert.True(made.ExitCode == 0, made.All);
            Assert.Contains($"deployment/{ClusterNames.Controller} in kdoctor changed", await cluster.InstallAsync("--storage", "1Gi", "--storage-class", Name), StringComparison.Ordinal);
            Assert.Equal(0, (await kubectl.RunWithInputAsync(Task(), "apply", "-f", "-")).ExitCode);
            await Waiting.UntilAsync("its round ends", async () => (await kubectl.RunAsync("get", "netreach", "kept", "-o", "jsonpath={.status.finish}")).Output, finish => finish == "true");
            var before = await ServedReports.ReadAsync(kubectl, "netreach-kept");

            Assert.Equal(0, (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "delete", "pod", "-l", $"{ClusterNames.NameLabel}={ClusterNames.Controller}")).ExitCode);
            var read = await Waiting.UntilAsync("the new controller answers", () => kubectl.RunAsync("get", "kdoctorreport", "netreach-kept", "-o", "name"), answer => answer.ExitCode == 0);
            Assert.Equal("kdoctorreport.system.kdoctor.io/netreach-kept\n", read.Output);

            var after = await ServedReports.ReadAsync(kubectl, "netreach-kept");
            Assert.Equal(before.Report.LatestRound!.StartTimeStamp, after.Report.LatestRound!.StartTimeStamp);
            Assert.Equal(before.Report.LatestRound.Summary, after.Report.LatestRound.Summary);
            Assert.Equal("1 true", (await kubectl.RunAsync("get", "netreach", "kept", "-o", "jsonpath={.status.doneRound} {.status.finish}")).Output);
        }
        finally
        {
            await kubectl.RunAsync("delete", "netreach", "kept", "--ignore-not-found");
            await cluster.InstallAsync();
            await kubectl.RunAsync("-n", InstalledCluster.Namespace, "delete", "pvc", ClusterNames.Controller, "--ignore-not-found");
            await kubectl.RunAsync("delete", "pv", Name, "--ignore-not-found");
            folder.Delete(recursive: true);
        }
    }

    private static string Task() => """
        apiVersion: kdoctor.io/v1beta1
        kind: NetReach
        metadata: {name: kept}
        spec:
          request: {durationInSecond: 2, qps: 5, perRequestTimeoutInMS: 1500}
          schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
          target: {clusterIP: false, nodePort: false}
        """;

    private static string Volume(string path) => $$"""
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: {{Name}}}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteOnce]
          storageClassName: {{Name}}
          persistentVolumeReclaimPolicy: Retain
          hostPath: {path: {{path}}}
        """;
}
