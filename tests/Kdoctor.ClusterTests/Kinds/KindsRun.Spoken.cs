using System.Text;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.ClusterTests.Leading;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.Databases;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <content>All that kdoctor has let be read of these tasks.</content>
public sealed partial class KindsRun
{
    private const string Store = $"{ClusterNames.DataFolder}/rounds.db";

    private readonly StringBuilder spoken = new();
    private string stored = "";

    /// <summary>The logs of the controller and of all agents, the reports, the tasks with their status, and the events.</summary>
    public string Spoken => spoken.ToString();

    /// <summary>All that the file of the controller's rounds holds, its blobs unpacked; skips the test where nobody can look into a pod.</summary>
    public string Stored
    {
        get
        {
            Assert.NotEmpty(cluster.Kubeconfig);
            TestBed.Required();
            return stored;
        }
    }

    private async Task ListenAsync()
    {
        if (TestBed.IsThere)
            stored = await StoredAsync();
        await HearAsync(
            "-n", InstalledCluster.Namespace, "logs", "-l", $"{ClusterNames.NameLabel} in ({ClusterNames.Agent},{ClusterNames.Controller})", "--tail=-1", "--prefix", "--max-log-requests=100");
        await HearAsync("get", "kdoctorreports", "-o", "yaml");
        await HearAsync("get", "netreaches,apphttphealthies,netdnses", "-o", "yaml");
        await HearAsync("get", "events", "--all-namespaces", "-o", "yaml");
    }

    // The log first: what is moved from it into the file meanwhile is then there twice, and never nowhere.
    private async Task<string> StoredAsync()
    {
        var (pod, node) = Assert.Single(await Controllers.RunningAsync(cluster));
        var container = await cluster.ContainerAsync(pod);
        var log = await TestBed.ReadAsync(node, container, $"{Store}-wal");
        return StoreText.Of(await TestBed.ReadAsync(node, container, Store), log);
    }

    private async Task HearAsync(params string[] arguments)
    {
        var heard = await cluster.Kubectl.RunAsync(arguments);
        Assert.True(heard.ExitCode == 0, heard.All);
        spoken.Append(heard.Output);
    }
}
