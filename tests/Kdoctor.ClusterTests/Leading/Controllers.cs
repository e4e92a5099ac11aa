using System.Globalization;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;

namespace Kdoctor.ClusterTests.Leading;

/// <summary>The controllers of an installation: where they run, who leads, and how one dies.</summary>
internal static class Controllers
{
    /// <summary>Kills the processes of a container without a word, on the test bed.</summary>
    public static Task KillAsync(string node, string container) => TestBed.RunAsync(
        "netns", node, "sh", "-c", $"n=0; for f in $(grep -l {container} /proc/[0-9]*/cgroup 2>/dev/null); do p=${{f#/proc/}}; kill -9 ${{p%/cgroup}} && n=1; done; [ $n = 1 ]");

    /// <summary>The nodes of the controllers that run and are not on their way out, by pod.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> RunningAsync(InstalledCluster cluster)
    {
        var listed = await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "get", "pods", "-l", $"{ClusterNames.NameLabel}={ClusterNames.Controller}",
            "-o", "jsonpath={range .items[?(@.status.phase==\"Running\")]}{.metadata.name} {.spec.nodeName} {.metadata.deletionTimestamp}{\"\\n\"}{end}");
        return listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd().Split(' '))
            .Where(line => line.Length == 2).ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
    }

    /// <summary>The pod that leads; empty while none does.</summary>
    public static async Task<string> HolderAsync(InstalledCluster cluster) => (await LeaderAsync(cluster)).Holder;

    /// <summary>The pod that leads, empty while none does, and how many of the default agents it says are connected to it.</summary>
    public static async Task<(string Holder, int Agents)> LeaderAsync(InstalledCluster cluster)
    {
        var lease = await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "get", "lease", ClusterNames.Controller, "-o", "jsonpath={.spec.holderIdentity} {.metadata.annotations['kdoctor\\.io/connected-agents']}");
        return lease.Output.Split(' ') is [var holder, var agents] ? (holder, int.TryParse(agents, CultureInfo.InvariantCulture, out var count) ? count : 0) : ("", 0);
    }
}
