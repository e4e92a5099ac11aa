using System.Security.Cryptography;
using System.Text;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Runtimes;

/// <summary>
/// The ports of tasks' own agents in the host's network, where all processes of a node share them and a scheduler puts no two pods that want the same one on
/// a node: two for each task, by its runtime's name, and the next two where another task has them. What was given stays given. One caller at a time.
/// </summary>
internal sealed class HostPorts
{
    private const int Pairs = (ClusterPorts.HostLast - ClusterPorts.HostFirst + 1) / 2;

    // What was given and is not seen in the cluster yet. One entry per task at most.
    private readonly Dictionary<string, AgentPorts> given = new(StringComparer.Ordinal);

    /// <summary>The ports of a runtime.</summary>
    /// <param name="runtime">Its name.</param>
    /// <param name="workloads">All agents' workloads as they are.</param>
    /// <returns>Null when all are taken.</returns>
    public AgentPorts? Of(string runtime, IEnumerable<WorkloadFacts> workloads)
    {
        var seen = workloads.Where(workload => workload.HostPorts is not null).ToDictionary(workload => workload.Name, workload => workload.HostPorts!, StringComparer.Ordinal);
        if (seen.TryGetValue(runtime, out var own) && own.Echo is >= ClusterPorts.HostFirst and <= ClusterPorts.HostLast)
            return own;
        foreach (var name in seen.Keys.Where(name => name != runtime))
            given.Remove(name);
        if (given.TryGetValue(runtime, out var before))
            return before;
        var taken = seen.Where(entry => entry.Key != runtime).Select(entry => entry.Value).Concat(given.Values).SelectMany(ports => new[] { ports.Echo, ports.Health }).ToHashSet();
        var first = BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(runtime))) % Pairs;
        var free = Enumerable.Range(0, Pairs).Select(step => At((int)((first + step) % Pairs))).FirstOrDefault(ports => !taken.Contains(ports.Echo) && !taken.Contains(ports.Health));
        if (free is not null)
            given[runtime] = free;
        return free;
    }

    /// <summary>A runtime is gone.</summary>
    public void Forget(string runtime) => given.Remove(runtime);

    private static AgentPorts At(int pair) => new(ClusterPorts.HostFirst + (2 * pair), ClusterPorts.HostFirst + (2 * pair) + 1);
}
