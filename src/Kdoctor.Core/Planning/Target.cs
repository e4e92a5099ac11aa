namespace Kdoctor.Core.Planning;

/// <summary>One concrete address on one channel, with the request to send there.</summary>
public sealed record Target
{
    /// <summary>Its place in the round's plan.</summary>
    public required int Index { get; init; }

    /// <summary>The name that reports give it, for example <c>AgentPodV4IP_agent-1_127.10.0.1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How it is reached.</summary>
    public required Channel Channel { get; init; }

    /// <summary>Over which family; null for a name of which either will do, until an agent has resolved it.</summary>
    public IpFamily? Family { get; init; }

    /// <summary>An address literal, or a name that each agent resolves once per round.</summary>
    public required string Host { get; init; }

    /// <summary>1..65535.</summary>
    public required int Port { get; init; }

    /// <summary>The URL as reports show it; for DNS the server and its port.</summary>
    public required string Url { get; init; }

    /// <summary>The agent that must answer; null when any agent of the mesh may, or none.</summary>
    public string? DestinationAgentId { get; init; }

    /// <summary>The node that the target belongs to; null for addresses of the whole cluster.</summary>
    public string? DestinationNode { get; init; }

    /// <summary>The replica of a DNS service whose own address it is; null for every other target.</summary>
    public string? Replica { get; init; }

    /// <summary>Whether requests to it are spread over all backends of the agents' service by chance.</summary>
    public bool Spreads { get; init; }

    /// <summary>What is asked there.</summary>
    public required RequestPlan Request { get; init; }

    /// <summary>The family that an agent used: the target's own, or for a name that of the address it led to; null when it led nowhere.</summary>
    /// <param name="resolved">The address that the name led to; null for none.</param>
    public IpFamily? FamilyAt(string? resolved) => Family ?? (resolved is null ? null : EchoAddress.FamilyOf(resolved));
}
