using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Controller.Collecting;

/// <summary>Holds a shard against its plan: what an agent left out must not pass for healthy, and nothing unplanned may count.</summary>
internal static class ShardCheck
{
    /// <exception cref="FormatException">The shard is another agent's or round's, or its targets are not the planned ones.</exception>
    public static void Check(AgentShard shard, RoundPlan plan, AgentPlan agent)
    {
        if (shard.AgentId != agent.Agent.Id)
            throw new FormatException($"the shard speaks for agent {Quoted(shard.AgentId)} on the stream of agent {agent.Agent.Id}");
        if (shard.RoundId != plan.Id.ToString())
            throw new FormatException($"the shard is of round {Quoted(shard.RoundId)} and not of {plan.Id}");
        var planned = plan.TargetsOf(agent).Select(target => target.Index).ToHashSet();
        foreach (var target in shard.Targets)
        {
            if (!planned.Remove(target.Target))
                throw new FormatException($"target {target.Target} is reported twice or was not planned for this agent");
            if (target.Planned != plan.Load.RequestsPerTarget)
                throw new FormatException($"target {target.Target} has {target.Planned} planned requests instead of {plan.Load.RequestsPerTarget}");
        }
        if (planned.Count > 0)
            throw new FormatException($"{planned.Count} planned targets are missing, the first of them {planned.Min()}");
    }

    // What an agent sent may be anything: a log line shows little of it, and no control characters.
    private static string Quoted(string text) =>
        string.Concat("\"", new string([.. text.Take(60).Select(character => char.IsControl(character) ? '?' : character)]), "\"");
}
