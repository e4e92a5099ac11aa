using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Xunit;

namespace Kdoctor.Tests.Controller.Cluster;

/// <summary>Which addresses of a Service must lead to all its backends alike.</summary>
public sealed class ServiceRollTests
{
    [Theory]
    [InlineData("", true, true, true)]
    [InlineData(""" "sessionAffinity": "ClientIP", """, false, false, false)]
    [InlineData(""" "externalTrafficPolicy": "Local", """, true, false, false)]
    [InlineData(""" "internalTrafficPolicy": "Local", """, false, true, true)]
    [InlineData(""" "trafficDistribution": "PreferClose", """, false, true, true)]
    public void What_the_Service_says_of_backends_decides(string spec, bool cluster, bool nodePort, bool balancer)
    {
        ServiceFacts[] services = [Service(spec, """{"ip": "172.30.0.200"}""")];
        Assert.Equal(cluster, Assert.Single(ServiceRoll.Service(services)!.ClusterAddresses).Spreads);
        Assert.Equal(balancer, Assert.Single(ServiceRoll.Service(services)!.LoadBalancerAddresses).Spreads);
        var node = new NodeFacts { Name = "a", Labels = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty, Ips = ["172.30.0.11"] };
        Assert.Equal(nodePort, Assert.Single(Assert.Single(ServiceRoll.Nodes(services, [node], new HashSet<string> { "a" })).Addresses).Spreads);
    }

    [Theory]
    [InlineData("""{"hostname": "lb.example.com"}""")]
    [InlineData("""{"ip": "172.30.0.200", "ipMode": "Proxy"}""")]
    public void A_balancer_outside_the_cluster_may_prefer_backends_as_it_likes(string announced) =>
        Assert.False(Assert.Single(ServiceRoll.Service([Service("", announced)])!.LoadBalancerAddresses).Spreads);

    private static ServiceFacts Service(string spec, string balancer) => ServiceFacts.Read(JsonNode.Parse($$"""
        {
          "metadata": {"name": "kdoctor-agent-ipv4"},
          "spec": { {{spec}} "clusterIP": "10.96.0.80", "clusterIPs": ["10.96.0.80"], "ipFamilies": ["IPv4"], "ports": [{"name": "http", "port": 80, "nodePort": 30080}]},
          "status": {"loadBalancer": {"ingress": [{{balancer}}]} }
        }
        """)!.AsObject());
}
