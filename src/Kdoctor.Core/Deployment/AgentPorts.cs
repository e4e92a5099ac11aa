namespace Kdoctor.Core.Deployment;

/// <summary>Where an agent's container listens.</summary>
/// <param name="Echo">For its peers.</param>
/// <param name="Health">For the kubelet and Prometheus.</param>
public sealed record AgentPorts(int Echo, int Health)
{
    /// <summary>Where one listens that nobody told otherwise.</summary>
    public static readonly AgentPorts Usual = new(ClusterPorts.EchoContainer, ClusterPorts.AgentHealth);
}
