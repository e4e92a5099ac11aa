using k8s.Models;
using Kdoctor.Controller.Inputs;
using Kdoctor.Core.Planning;
using Xunit;

namespace Kdoctor.Tests.Controller.Inputs;

/// <summary>Where a DNS service and its replicas answer, out of the objects that describe them.</summary>
public sealed class DnsServiceReadingTests
{
    private static readonly V1ServicePort[] Usual =
    [
        new() { Name = "dns", Protocol = "UDP", Port = 53 }, new() { Name = "dns-tcp", Protocol = "TCP", Port = 53 }, new() { Name = "metrics", Protocol = "TCP", Port = 9153 },
    ];

    [Fact]
    public void A_clusters_usual_service_answers_at_its_addresses_and_at_those_of_its_ready_replicas()
    {
        var found = DnsServiceReading.Read(Service(["10.96.0.10", "fd00::10"], Usual), [DnsReplicas.Of(Slice("IPv4", ("10.244.1.2", "coredns-a", true), ("10.244.2.2", "coredns-b", false)))], null);

        Assert.Equal(
        [
            "Udp 10.96.0.10:53 ", "Tcp 10.96.0.10:53 ", "Udp fd00::10:53 ", "Tcp fd00::10:53 ", "Udp 10.244.1.2:1053 coredns-a", "Tcp 10.244.1.2:1054 coredns-a",
        ], found.Addresses.Select(Words));
        Assert.Contains("coredns-b (10.244.2.2)", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Before_slices_endpoints_say_the_same()
    {
        var endpoints = new V1Endpoints
        {
            Subsets =
            [
                new V1EndpointSubset
                {
                    Ports = [new Corev1EndpointPort { Name = "dns", Protocol = "UDP", Port = 1053 }],
                    Addresses = [new V1EndpointAddress { Ip = "172.30.0.1" }],
                    NotReadyAddresses = [new V1EndpointAddress { Ip = "172.30.0.2" }],
                },
            ],
        };
        var found = DnsServiceReading.Read(Service(["10.96.0.10"], Usual), [.. DnsReplicas.Of(endpoints)], null);
        Assert.Equal(["Udp 10.96.0.10:53 ", "Tcp 10.96.0.10:53 ", "Udp 172.30.0.1:1053 172.30.0.1"], found.Addresses.Select(Words));
        Assert.Single(found.Notes);
    }

    [Theory]
    [InlineData("dns-tls", 8853)]
    [InlineData("dns-over-tls", 853)]
    [InlineData("any", 853)]
    [InlineData("dot", 9999)]
    public void A_port_for_TLS_is_known_by_its_number_or_its_name(string name, int port)
    {
        var found = DnsServiceReading.Read(Service(["10.0.0.1"], [.. Usual, new() { Name = name, Protocol = "TCP", Port = port }]), [], null);
        Assert.Equal(port, Assert.Single(found.Addresses, address => address.Transport == DnsTransport.Tls).Port);
        Assert.Equal(53, Assert.Single(found.Addresses, address => address.Transport == DnsTransport.Tcp).Port);
    }

    [Fact]
    public void A_headless_service_has_only_replicas_and_says_so()
    {
        var found = DnsServiceReading.Read(Service(["None"], Usual), [DnsReplicas.Of(Slice("IPv4", ("10.244.1.2", "a", true)))], null);
        Assert.All(found.Addresses, address => Assert.Equal("a", address.Replica));
        Assert.Contains("has no address of its own", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void More_replicas_than_can_be_asked_are_noted()
    {
        var many = Enumerable.Range(0, 300).Select(n => ($"10.244.{n / 200}.{n % 200}", $"r-{n:000}", true)).ToArray();
        var found = DnsServiceReading.Read(Service(["10.0.0.1"], [Usual[0]]), [DnsReplicas.Of(Slice("IPv4", many))], null);
        Assert.Equal(1 + DnsServiceReading.MaxReplicas, found.Addresses.Length);
        Assert.Contains("has 300 replicas", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    private static string Words(DnsAddress address) => $"{address.Transport} {address.Ip}:{address.Port} {address.Replica}";

    private static V1Service Service(IList<string> addresses, V1ServicePort[] ports) => new()
    {
        Metadata = new V1ObjectMeta { NamespaceProperty = "kube-system", Name = "kube-dns" },
        Spec = new V1ServiceSpec { ClusterIP = addresses[0], ClusterIPs = addresses, Ports = [.. ports] },
    };

    private static V1EndpointSlice Slice(string family, params (string Ip, string Name, bool Ready)[] endpoints) => new()
    {
        AddressType = family,
        Ports = [new Discoveryv1EndpointPort { Name = "dns", Protocol = "UDP", Port = 1053 }, new Discoveryv1EndpointPort { Name = "dns-tcp", Protocol = "TCP", Port = 1054 }],
        Endpoints = [.. endpoints.Select(endpoint => new V1Endpoint
        {
            Addresses = [endpoint.Ip], Conditions = new V1EndpointConditions { Ready = endpoint.Ready }, TargetRef = new V1ObjectReference { Name = endpoint.Name },
        })],
    };
}
