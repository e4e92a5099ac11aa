using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Core.Backends;

/// <summary>
/// Which backends answered at the addresses that should lead to all of them. Fed one shard at a time, in any order.
/// 1. A backend that gave none of all agents' answers at a target is missing there, where that cannot be chance.
/// 2. One that only a single agent never got is missing for that agent.
/// 3. Where chance cannot be ruled out nothing is said, and that is counted.
/// </summary>
internal sealed class SpreadTally
{
    /// <summary>The most entries about single agents that are kept.</summary>
    public const int Kept = 20;

    private readonly RoundPlan plan;
    private readonly BackendRoll roll;
    private readonly SortedDictionary<int, TargetSpread> targets = [];
    private readonly Dictionary<IpFamily, Dictionary<string, int>> places = [];
    private readonly SortedDictionary<(int Agent, int Target), MissingBackends> alone = [];
    private readonly Dictionary<string, int> agents;

    public SpreadTally(RoundPlan plan, BackendRoll roll)
    {
        (this.plan, this.roll) = (plan, roll);
        agents = plan.Agents.Select((agent, place) => (agent.Agent.Id, place)).ToDictionary(agent => agent.Id, agent => agent.place, StringComparer.Ordinal);
        foreach (var target in plan.Targets)
        {
            var due = roll.DueAt(target);
            if (due.IsEmpty)
                continue;
            targets[target.Index] = new TargetSpread(target, roll);
            if (!places.ContainsKey(target.Family!.Value))
                places[target.Family.Value] = due.Select((agent, place) => (agent.Id, place)).ToDictionary(agent => agent.Id, agent => agent.place, StringComparer.Ordinal);
        }
    }

    /// <summary>The targets that lead to all backends alike, in the plan's order.</summary>
    public IReadOnlyCollection<TargetSpread> Targets => targets.Values;

    /// <summary>1. Whom nobody got.</summary>
    public IEnumerable<(Target Target, MissingBackends Missing)> Everywhere =>
        from spread in targets.Values
        let missing = spread.Missing
        where missing is not null
        select (spread.Target, missing);

    /// <summary>2. Whom single agents did not get while others did; the first in the plan's order.</summary>
    public IEnumerable<(AgentInfo Agent, Target Target, MissingBackends Missing)> Alone
    {
        get
        {
            var everywhere = Everywhere.ToDictionary(entry => entry.Target.Index, entry => entry.Missing.Missing);
            foreach (var ((agent, target), missing) in alone)
            {
                var rest = everywhere.TryGetValue(target, out var nobody) ? missing.Missing.RemoveRange(nobody) : missing.Missing;
                if (!rest.IsEmpty)
                    yield return (plan.Agents[agent].Agent, plan.Targets[target], missing with { Missing = rest });
            }
        }
    }

    public void Add(AgentShard shard)
    {
        foreach (var seen in shard.Targets)
        {
            if (!targets.TryGetValue(seen.Target, out var spread))
                continue;
            spread.Add(seen, places[spread.Target.Family!.Value]);
            if (MissingBackends.Of(spread.Target, seen, roll) is not { } missing)
                continue;
            alone[(agents[shard.AgentId], seen.Target)] = missing;
            if (alone.Count > Kept)
                alone.Remove(alone.Keys.Last());
        }
    }
}
