namespace Kdoctor.Core.Planning;

/// <summary>A way to reach something.</summary>
public enum Channel
{
    /// <summary>An agent's primary address.</summary>
    PodIP = 1,

    /// <summary>An agent's address on a further (Multus) interface.</summary>
    Multus = 2,

    /// <summary>The agents' service by its cluster address.</summary>
    ClusterIP = 3,

    /// <summary>The agents' service by a node's address and node port.</summary>
    NodePort = 4,

    /// <summary>The agents' service by its load balancer's address.</summary>
    LoadBalancer = 5,

    /// <summary>The agents' service through an ingress.</summary>
    Ingress = 6,

    /// <summary>A user's HTTP application.</summary>
    Application = 7,

    /// <summary>A DNS server.</summary>
    Dns = 8,
}

/// <summary>The Internet Protocol version of a target.</summary>
public enum IpFamily
{
    /// <summary>RFC 791.</summary>
    IPv4 = 4,

    /// <summary>RFC 8200.</summary>
    IPv6 = 6,
}
