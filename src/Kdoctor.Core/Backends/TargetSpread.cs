using System.Collections;
using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Core.Backends;

/// <summary>
/// Who answered at one target, over all agents of a round. One bit for each backend, and none once all have answered, so that a round of many nodes, each
/// with its node port, stays small.
/// </summary>
internal sealed class TargetSpread(Target target, BackendRoll roll)
{
    // Identities are what whoever answers claims; so many strangers are not told apart any more, and nothing is said.
    private const int MaxStrangers = 1024;

    private readonly ImmutableArray<AgentInfo> due = roll.DueAt(target);
    private readonly HashSet<string> strangers = new(StringComparer.Ordinal);
    private BitArray? seen = new(roll.DueAt(target).Length);
    private int left = roll.DueAt(target).Length;
    private long answered;
    private long failed;
    private int askers;
    private bool moves;
    private bool crowded;

    public Target Target => target;

    /// <summary>How many backends it must lead to.</summary>
    public int Due => due.Length;

    /// <summary>Whether every backend answered at least once.</summary>
    public bool IsCovered => left == 0;

    /// <summary>Whoever did not, where that cannot be chance; null otherwise.</summary>
    public MissingBackends? Missing
    {
        get
        {
            if (IsCovered || crowded)
                return null;

            // Who always gets the same backend may be bound to it, and a kept connection is: then an asker is one pick.
            var picks = moves && target.Request is HttpRequestPlan { KeepAlive: false } ? answered : askers;
            var chance = MissChance.Log10(roll.PossibleAt(target, strangers.Count), picks, failed, roll.Questions);
            return chance > MissChance.Improbable ? null : new([.. due.Where((_, place) => !seen![place])], due.Length, answered, chance);
        }
    }

    public void Add(TargetShard shard, IReadOnlyDictionary<string, int> places)
    {
        if (seen is null)
            return;
        answered += shard.Succeeded;
        failed += shard.Failed;
        askers += shard.Backends.Count > 0 ? 1 : 0;
        moves |= shard.Backends.Count > 1;
        foreach (var backend in shard.Backends.Keys)
        {
            if (backend == TargetShard.OtherBackends || (roll.IsStranger(backend) && strangers.Add(backend) && strangers.Count > MaxStrangers))
                crowded = true;
            else if (places.TryGetValue(backend, out var place) && !seen[place])
            {
                seen[place] = true;
                left--;
            }
        }
        if (left == 0)
            seen = null;
    }
}
