using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Planning;
using Xunit;

namespace Kdoctor.Tests.Controller.Cluster;

/// <summary>Where addresses come from in a cluster, from objects as its API tells them.</summary>
public sealed class ClusterAddressTests
{
    private const string LoadBalanced = """
        {"metadata": {"name": "kdoctor-agent-ipv4"},
         "spec": {"clusterIP": "10.96.0.9", "ipFamilies": ["IPv4"], "ports": [{"name": "http", "port": 80, "nodePort": 30080}]},
         "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.net"}, {"ip": "2001:db8::7"}]}}}
        """;

    [Fact]
    public void C17_a_load_balancer_is_its_name_or_a_literal_of_the_literals_own_family()
    {
        var service = ServiceRoll.Service([ServiceFacts.Read(Json(LoadBalanced))])!;
        Assert.Equal(
            [(IpFamily.IPv4, "lb.example.net"), (IpFamily.IPv6, "2001:db8::7")],
            service.LoadBalancerAddresses.Select(address => (address.Family, address.Host)));
    }

    [Fact]
    public void C17_a_node_is_reached_at_its_internal_address_wherever_it_stands_in_the_list()
    {
        var node = NodeFacts.Read(Json("""
            {"metadata": {"name": "a"}, "status": {"conditions": [{"type": "Ready", "status": "True"}], "addresses": [
                {"type": "Hostname", "address": "a"}, {"type": "InternalIP", "address": "172.30.0.11"}, {"type": "InternalIP", "address": "fd00::11"},
                {"type": "ExternalIP", "address": "198.51.100.7"}, {"type": "ExternalDNS", "address": "a.example.net"}]}}
            """));
        Assert.Equal(["172.30.0.11", "fd00::11"], node.Ips);
        var ports = Assert.Single(ServiceRoll.Nodes([ServiceFacts.Read(Json(LoadBalanced))], [node], new HashSet<string>())).Addresses;
        Assert.Equal(("172.30.0.11", 30080), (Assert.Single(ports).Host, ports[0].Port));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"rules": []}""")]
    [InlineData("""{"rules": [{"host": "echo.example.net"}]}""")]
    [InlineData("""{"rules": [{"http": {"paths": []}}]}""")]
    public void C16_an_Ingress_without_an_HTTP_rule_is_read_and_leads_to_the_root(string spec)
    {
        var ingress = IngressFacts.Read(Json("""
            {"metadata": {"name": "kdoctor-agent"}, "spec": {}, "status": {"loadBalancer": {"ingress": [{"ip": "10.30.0.1"}]}}}
            """.Replace("\"spec\": {}", $"\"spec\": {spec}", StringComparison.Ordinal)));
        Assert.Equal(("/", "10.30.0.1"), (ingress.Path, Assert.Single(ingress.Addresses)));
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
