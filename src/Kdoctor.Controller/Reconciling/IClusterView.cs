using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Reconciling;

/// <summary>What the controller knows of the place that tasks test: nodes, agents, services. The edge to a cluster, or to the lab.</summary>
public interface IClusterView
{
    /// <summary>
    /// The place as it is now, for one task's agents. Whether an agent is connected is the controller's to know: what the view says of it is
    /// overwritten. Agent identities must differ.
    /// </summary>
    ClusterSnapshot Snapshot(TaskDefinition task);

    /// <summary>What became of a round's agents since it was planned, as far as the place knows; nothing, where it does not say.</summary>
    Aftermath After(RoundPlan plan) => Aftermath.None;
}

/// <summary>The agents whose streams are open.</summary>
public interface IConnectedAgents
{
    /// <summary>All of them, in the order of their identities.</summary>
    IReadOnlyCollection<AgentInfo> Connected { get; }

    /// <summary>Raised after one came or went.</summary>
    event Action? Changed;

    /// <summary>Raised, with its identity, after one went that had said so: it stops on purpose. <see cref="Changed"/> follows.</summary>
    event Action<string>? Left;
}

/// <summary>Plain machines: the agents that joined, by their own addresses; there is no service, node port or ingress.</summary>
/// <param name="agents">The agents that joined.</param>
public sealed class JoinedAgentsView(RememberedAgents agents) : IClusterView
{
    /// <inheritdoc/>
    public ClusterSnapshot Snapshot(TaskDefinition task) => new() { Agents = [.. agents.Expected] };
}
