using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Core.Backends;

/// <summary>Backends that a target did not lead to, although that cannot be chance.</summary>
/// <param name="Missing">Them, in the plan's order.</param>
/// <param name="Due">How many must have been led to.</param>
/// <param name="Answered">Answers that came, from others.</param>
/// <param name="Log10Chance">The common logarithm of the chance.</param>
internal sealed record MissingBackends(ImmutableArray<AgentInfo> Missing, int Due, long Answered, double Log10Chance)
{
    private const int Named = 3;

    /// <summary>Who is missing, in words.</summary>
    public string Who => string.Join(", ", Missing.Take(Named).Select(agent => $"agent {agent.Name} on {agent.NodeName}"))
        + (Missing.Length > Named ? FormattableString.Invariant($" and {Missing.Length - Named} more") : "");

    /// <summary>Why that is not chance, in words.</summary>
    public string Why => FormattableString.Invariant(
        $"none of its {Answered} answers came from {Who}, {(Missing.Length == 1 ? "which was" : "which were")} ready all along, but from {Due - Missing.Length} of {Due} backends; {MissChance.Words(Log10Chance)}");

    /// <summary>
    /// What one agent's requests to one target say by themselves; null where they say nothing: where others' requests take their turns at the same rules, which are
    /// an agent's own node's for a ClusterIP only, with kept connections, with answers from one backend alone, which may be bound to the asker, with answers
    /// that did not come by picks, or with more backends than are told apart.
    /// </summary>
    public static MissingBackends? Of(Target target, TargetShard shard, BackendRoll roll)
    {
        var due = roll.DueAt(target);
        if (due.IsEmpty || target.Channel != Channel.ClusterIP || target.Request is not HttpRequestPlan { KeepAlive: false } || shard.Backends.Count < 2 || shard.Backends.ContainsKey(TargetShard.OtherBackends)
            || !MissChance.IsByPicks([.. shard.Backends.Values], roll.Questions))
            return null;
        var chance = MissChance.Log10(roll.PossibleAt(target, shard.Backends.Keys.Count(roll.IsStranger)), shard.Succeeded, shard.Failed, roll.Questions);
        if (chance > MissChance.Improbable)
            return null;
        var missing = due.Where(agent => !shard.Backends.ContainsKey(agent.Id)).ToImmutableArray();
        return missing.IsEmpty ? null : new(missing, due.Length, shard.Succeeded, chance);
    }
}
