using System.Text;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <content>All that kdoctor has let be read of these tasks.</content>
public sealed partial class KindsRun
{
    private readonly StringBuilder spoken = new();

    /// <summary>The logs of the controller and of all agents, the reports, the tasks with their status, and the events.</summary>
    public string Spoken => spoken.ToString();

    private async Task ListenAsync()
    {
        await HearAsync(
            "-n", InstalledCluster.Namespace, "logs", "-l", $"{ClusterNames.NameLabel} in ({ClusterNames.Agent},{ClusterNames.Controller})", "--tail=-1", "--prefix", "--max-log-requests=100");
        await HearAsync("get", "kdoctorreports", "-o", "yaml");
        await HearAsync("get", "netreaches,apphttphealthies,netdnses", "-o", "yaml");
        await HearAsync("get", "events", "--all-namespaces", "-o", "yaml");
    }

    private async Task HearAsync(params string[] arguments)
    {
        var heard = await cluster.Kubectl.RunAsync(arguments);
        Assert.True(heard.ExitCode == 0, heard.All);
        spoken.Append(heard.Output);
    }
}
