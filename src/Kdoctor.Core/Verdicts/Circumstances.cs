using Kdoctor.Core.Backends;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Core.Verdicts;

/// <summary>What besides its numbers bears on the judgement of a round's targets. While the round runs nothing is known of it.</summary>
internal sealed class Circumstances
{
    private readonly RoundPlan plan;
    private readonly Dictionary<string, AgentInfo> agents;
    private readonly Dictionary<string, Departure> departures;
    private readonly Rollout? rollout;
    private readonly HashSet<string> newcomers;

    /// <param name="plan">What was planned.</param>
    /// <param name="aftermath">What became of its agents; null while nobody knows.</param>
    public Circumstances(RoundPlan plan, Aftermath? aftermath)
    {
        this.plan = plan;
        agents = plan.Agents.ToDictionary(agent => agent.Agent.Id, agent => agent.Agent, StringComparer.Ordinal);
        departures = (aftermath?.Departures ?? []).Where(departed => agents.ContainsKey(departed.AgentId)).ToDictionary(departed => departed.AgentId, StringComparer.Ordinal);
        rollout = Rollout.Of(Departed);
        newcomers = (aftermath?.Newcomers ?? []).ToHashSet(StringComparer.Ordinal);
        Backends = aftermath is null ? null : new BackendRoll(plan, aftermath);
    }

    /// <summary>The backends that addresses of the agents' service should lead to; null while nobody knows.</summary>
    public BackendRoll? Backends { get; }

    /// <summary>The agents that went, in the plan's order.</summary>
    public IEnumerable<(AgentInfo Agent, Departure Departure)> Departed => departures.Count == 0 ? [] : plan.Agents
        .Where(agent => departures.ContainsKey(agent.Agent.Id)).Select(agent => (agent.Agent, departures[agent.Agent.Id]));

    /// <summary>How an agent went; null when it did not.</summary>
    public Departure? DepartureOf(string agentId) => departures.GetValueOrDefault(agentId);

    /// <summary>Which of a target's failures prove nothing; null when all do.</summary>
    public Excuse? ExcuseOf(TargetShard shard)
    {
        if (departures.Count + newcomers.Count == 0 || shard.Failed == 0 || plan.Targets[shard.Target] is not { } target || !IsMesh(target))
            return null;
        if (target.DestinationAgentId is { } id)
            return departures.GetValueOrDefault(id) is { } own ? Excuse.AtItself(shard, agents[id], own) : null;
        return Excuse.Plus(rollout is null ? null : Excuse.AtService(shard, rollout, plan.Load), Excuse.Of(shard, newcomers));
    }

    /// <summary>The backends that the agent was never led to there; null for none, and where nobody can tell.</summary>
    public MissingBackends? MissingAt(TargetShard shard) => Backends is { } roll ? MissingBackends.Of(plan.Targets[shard.Target], shard, roll) : null;

    private static bool IsMesh(Target target) => target.Channel is Channel.PodIP or Channel.Multus or Channel.ClusterIP or Channel.NodePort or Channel.LoadBalancer or Channel.Ingress;
}
