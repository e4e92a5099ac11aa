using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Planning;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Controller.Cluster;

/// <summary>What is asked of an Ingress, by its rule and by what it says of TLS, as its API tells it.</summary>
public sealed class IngressHostTests
{
    [Theory]
    [InlineData("", "", null, false)]
    [InlineData("shop.example.net", "", "shop.example.net", false)]
    [InlineData("shop.example.net", """{"hosts": ["shop.example.net"], "secretName": "s"}""", "shop.example.net", true)]
    [InlineData("shop.example.net", """{"hosts": ["Shop.Example.Net"]}""", "shop.example.net", true)]
    [InlineData("shop.example.net", """{"hosts": ["other.example.net"]}""", "shop.example.net", false)]
    [InlineData("shop.example.net", """{"hosts": ["other.example.net"]}, {"hosts": ["*.example.net"]}""", "shop.example.net", true)]
    [InlineData("a.shop.example.net", """{"hosts": ["*.example.net"]}""", "a.shop.example.net", false)]
    [InlineData("shop.example.net", """{"secretName": "for-all"}""", "shop.example.net", true)]
    [InlineData("*.example.net", "", "kdoctor.example.net", false)]
    [InlineData("*.example.net", """{"hosts": ["shop.example.net"]}""", "shop.example.net", true)]
    [InlineData("*.example.net", """{"hosts": ["*.example.net"]}""", "kdoctor.example.net", true)]
    [InlineData("*.example.net", """{"hosts": ["shop.example.org"]}""", "kdoctor.example.net", false)]
    [InlineData("", """{"hosts": ["shop.example.net", "b.example.net"]}""", "shop.example.net", true)]
    [InlineData("", """{"hosts": ["*.example.net"]}""", "kdoctor.example.net", true)]
    [InlineData("", """{"secretName": "for-all"}""", null, true)]
    public void The_host_is_one_for_which_the_rule_holds_and_TLS_is_spoken_where_an_entry_is_for_it(string rule, string tls, string? host, bool secure)
    {
        var ingress = Read(rule, tls, """{"ip": "10.30.0.1"}""");
        Assert.Equal((host, secure), (ingress.Host, ingress.Tls));
    }

    [Fact]
    public void Over_TLS_every_address_and_name_is_asked_by_https_for_the_rules_host_in_each_family()
    {
        var ingress = Read("shop.example.net", """{"hosts": ["shop.example.net"]}""", """{"hostname": "front.example.net"}, {"ip": "10.30.0.1"}, {"hostname": "Front.example.net"}, {"ip": "2001:db8::9"}""");
        var snapshot = MeshSnapshot.Of(2) with { Ingress = ServiceRoll.Ingress(ingress, [Service()]) };
        var targets = MeshRound.Of(2, queries: [.. MeshTask.Queries(IpFamily.IPv4, Channel.Ingress), .. MeshTask.Queries(IpFamily.IPv6, Channel.Ingress)], snapshot: snapshot).Plan.Targets;
        Assert.Equal(
            [
                "AgentIngress_v4_https://front.example.net:443/kdoctoragent?task=reach-task",
                "AgentIngress_v4_https://10.30.0.1:443/kdoctoragent?task=reach-task",
                "AgentIngress_v6_https://front.example.net:443/kdoctoragent?task=reach-task",
                "AgentIngress_v6_https://[2001:db8::9]:443/kdoctoragent?task=reach-task",
            ],
            targets.Select(target => target.Name));
        Assert.All(targets.Select(target => (HttpRequestPlan)target.Request), request =>
            Assert.Equal(("shop.example.net", "shop.example.net", false, true), (request.HostHeader, request.Tls!.ServerName, request.Tls.Verifies, request.Echo)));
    }

    private static ServiceFacts Service() => ServiceFacts.Read(JsonNode.Parse("""
        {"metadata": {"name": "kdoctor-agent-ipv4"}, "spec": {"clusterIPs": ["10.96.0.80", "fd00:96::80"], "clusterIP": "10.96.0.80", "ports": [{"name": "http", "port": 80}]}}
        """)!.AsObject());

    private static IngressFacts Read(string rule, string tls, string announced) => IngressFacts.Read(JsonNode.Parse($$"""
        {
          "metadata": {"name": "kdoctor-agent"},
          "spec": {
            "rules": [{ {{(rule.Length == 0 ? "" : $"\"host\": \"{rule}\", ")}}"http": {"paths": [{"path": "/kdoctoragent"}]} }],
            "tls": [{{tls}}]
          },
          "status": {"loadBalancer": {"ingress": [{{announced}}]} }
        }
        """)!.AsObject());
}
