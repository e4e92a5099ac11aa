using Kdoctor.Core.Tasks.Schemas;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.ClusterTests.Controller;

/// <summary>The controller in a process of its own beside a real API server, with agents that joined it by token.</summary>
[Collection(ClusterTurns.Name)]
public sealed class StandaloneControllerTests : IDisposable
{
    private const string Manifest = """
        apiVersion: kdoctor.io/v1beta1
        kind: NetReach
        metadata: {name: machines}
        spec:
          request: {durationInSecond: 2, qps: 5, perRequestTimeoutInMS: 1500}
          schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
          target: {clusterIP: false, nodePort: false}
        """;

    private readonly string data = Directory.CreateTempSubdirectory("kdoctor-controller-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task A_mesh_of_plain_machines_is_tested_by_tasks_of_a_real_cluster()
    {
        var kubeconfig = Environment.GetEnvironmentVariable("KUBECONFIG");
        Assert.SkipWhen(string.IsNullOrEmpty(kubeconfig), "KUBECONFIG names no cluster");
        using var kubectl = new Kubectl(Kubectl.Programs[0], kubeconfig!);
        Assert.Equal(0, (await kubectl.RunWithInputAsync(CrdGenerator.ToYaml(), "apply", "-f", "-")).ExitCode);
        Assert.Equal(0, (await kubectl.RunAsync("wait", "--for=condition=Established", "--timeout=20s", "crd/netreaches.kdoctor.io")).ExitCode);

        await using var controller = KdoctorProcess.Start("controller", "--kubeconfig", kubeconfig!, "--listen", "127.0.0.1:0", "--data", data);
        var join = await controller.ErrorLineAsync("join with");
        var arguments = join[(join.IndexOf("kdoctor agent", StringComparison.Ordinal) + "kdoctor ".Length)..].Split(' ');
        await using var first = KdoctorProcess.Start([.. arguments, "--name", "first", "--id", "first", "--listen", "127.0.0.21"]);
        await using var second = KdoctorProcess.Start([.. arguments, "--name", "second", "--id", "second", "--listen", "127.0.0.22"]);
        await first.ErrorLineAsync("has joined");
        await second.ErrorLineAsync("has joined");
        try
        {
            Assert.Equal(0, (await kubectl.RunWithInputAsync(Manifest, "apply", "-f", "-")).ExitCode);
            await RunningLab.FinishedAsync(kubectl, "netreach", "machines");
            var status = (await kubectl.RunAsync("get", "netreach", "machines", "-o", "jsonpath={.status.lastRoundStatus} {.status.doneRound} {.status.history[0].expectedActorNumber}")).Output;
            Assert.Equal("succeed 1 2", status);
        }
        finally
        {
            await kubectl.RunAsync("delete", "netreach", "machines", "--ignore-not-found");
        }
    }
}
