using Kdoctor.Core.Deployment;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Cluster;

/// <summary>By which addresses agents reach the controllers, <c>host:port</c> each. Pure.</summary>
internal static class ControllerRoutes
{
    // Together they are the 16 that an agent keeps.
    private const int MaxDirect = 10;
    private const int MaxThroughNodes = 6;

    /// <summary>The controllers' own addresses, at most ten: those of pods that are ready first, IPv4 first.</summary>
    /// <param name="pods">The pods of kdoctor's parts.</param>
    /// <param name="port">Where a controller listens for agents.</param>
    public static IEnumerable<string> Direct(IEnumerable<PodFacts> pods, int port) => Controllers(pods)
        .OrderByDescending(pod => pod.Ready).ThenBy(pod => pod.Name, StringComparer.Ordinal)
        .SelectMany(pod => pod.Ips)
        .OrderBy(EchoAddress.FamilyOf)
        .Take(MaxDirect)
        .Select(ip => Address(ip, port));

    /// <summary>
    /// Node ports of other nodes, for an agent whose own node has no way to the controller's: those nodes forward what comes. At most six, other ones
    /// for each node, so that the detours of many agents spread; nodes of controllers last, for the way to them may be the one that is broken.
    /// </summary>
    /// <param name="service">The Service that has the node port; null for none, and then there is no such way.</param>
    /// <param name="nodes">The cluster's nodes.</param>
    /// <param name="pods">The pods of kdoctor's parts.</param>
    /// <param name="from">The agent's node.</param>
    public static IEnumerable<string> ThroughNodes(ServiceFacts? service, IEnumerable<NodeFacts> nodes, IEnumerable<PodFacts> pods, string from)
    {
        if (service?.NodePort is not { } port || service.Families is not [var family, ..])
            return [];
        var controllers = Controllers(pods).Select(pod => pod.Node).ToHashSet(StringComparer.Ordinal);
        return nodes
            .Where(node => node.Trouble is null && node.Name != from && node.Ip(family) is not null)
            .OrderBy(node => controllers.Contains(node.Name)).ThenBy(node => HashCode.Combine(node.Name, from))
            .Take(MaxThroughNodes)
            .Select(node => Address(node.Ip(family)!, port));
    }

    private static IEnumerable<PodFacts> Controllers(IEnumerable<PodFacts> pods) =>
        pods.Where(pod => pod is { Part: ClusterNames.Controller, Terminating: false, Ended: false });

    private static string Address(string ip, int port) => FormattableString.Invariant($"{(ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip)}:{port}");
}
