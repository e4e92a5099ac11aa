using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>What a NetReach reaches: each chosen channel over each chosen family.</summary>
internal static class NetReachTargets
{
    public static ImmutableArray<TargetQuery> Read(NetReachTargetSpec target, ProblemList problems)
    {
        var path = FieldPath.Spec.Field("target");
        var channels = Chosen(
            (target.Endpoint, Channel.PodIP),
            (target.MultusInterface, Channel.Multus),
            (target.ClusterIP, Channel.ClusterIP),
            (target.NodePort, Channel.NodePort),
            (target.LoadBalancer, Channel.LoadBalancer),
            (target.Ingress, Channel.Ingress));
        var families = Chosen((target.Ipv4, IpFamily.IPv4), (target.Ipv6, IpFamily.IPv6));
        if (channels.Length == 0)
        {
            problems.Add(
                path,
                "chooses no channel",
                "set at least one of endpoint, multusInterface, clusterIP, nodePort, loadBalancer and ingress to true");
        }

        if (families.Length == 0)
            problems.Add(path.Field("ipv4"), "is false, and ipv6 too, so that nothing can be tested", "set at least one of the two to true");
        return [.. channels.SelectMany(channel => families.Select(family => new MeshQuery(channel, family, target.KeepAlive)))];
    }

    private static T[] Chosen<T>(params (bool IsChosen, T Value)[] choices) =>
        [.. choices.Where(choice => choice.IsChosen).Select(choice => choice.Value)];
}
