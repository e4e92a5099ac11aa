using System.Globalization;
using Kdoctor.Core.Tasks.Schemas;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.ClusterTests.Contract;

/// <summary>The contract on a real API server, so that ours cannot drift from it. It needs a cluster that may be written to.</summary>
public sealed class ClusterContractTests : KubectlContract
{
    protected override async ValueTask<string> OpenAsync()
    {
        var kubeconfig = Environment.GetEnvironmentVariable("KUBECONFIG");
        Assert.SkipWhen(string.IsNullOrEmpty(kubeconfig), "KUBECONFIG names no cluster");
        using var kubectl = new Kubectl(Kubectl.Programs[0], kubeconfig!);
        var applied = await kubectl.RunWithInputAsync(CrdGenerator.ToYaml(), "apply", "-f", "-");
        Assert.Equal(0, applied.ExitCode);
        await kubectl.RunAsync("wait", "--for=condition=Established", "--timeout=20s", "crd/netreaches.kdoctor.io");
        await PublishedAsync(kubectl);
        var present = (await kubectl.RunAsync("get", "netreaches", "-o", "name")).Output;
        Assert.SkipWhen(present.Length > 0, $"the cluster holds tasks, which the contract would delete; delete them first:\n{present}");
        return kubeconfig!;
    }

    protected override ValueTask CloseAsync() => ValueTask.CompletedTask;

    /// <summary>A real server publishes a new resource's OpenAPI some seconds later than the resource; kubectl explain tells when.</summary>
    private static async Task PublishedAsync(Kubectl kubectl)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var list = await kubectl.RunAsync("get", "--raw", "/" + RawApi.NetReaches);
            var explained = await kubectl.RunAsync("explain", "netreaches.spec.request");
            if (list.ExitCode == 0 && explained.ExitCode == 0) return;
        }

        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"the cluster does not publish {RawApi.NetReaches}"));
    }
}
