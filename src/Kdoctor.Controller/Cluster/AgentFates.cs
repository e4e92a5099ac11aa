using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Cluster;

/// <summary>
/// What became of a round's agents, by their pods. Pure.
/// 1. A pod whose deletion was asked for departed then. One that had ended of itself before, evicted say, did not: that is a fault.
/// 2. A pod that is gone without anybody having seen when departed at a time that nobody knows.
/// 3. A pod of the same agents that the plan does not know, and that was made since, came.
/// 4. Any other planned pod that is not ready, or became so only after the round was planned, was not a backend all along.
/// </summary>
internal static class AgentFates
{
    // The API server's clock and the controller's.
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    public static Aftermath Of(RoundPlan plan, IReadOnlyDictionary<string, PodFacts> pods, GonePods gone)
    {
        var parts = new HashSet<string>(StringComparer.Ordinal);
        var departures = ImmutableArray.CreateBuilder<Departure>();
        var unsteady = ImmutableArray.CreateBuilder<string>();
        foreach (var agent in plan.Agents.Select(agent => agent.Agent).Where(agent => agent.Absence is null))
        {
            var there = pods.GetValueOrDefault(agent.Name) is { } pod && pod.Uid == agent.Id ? pod : null;
            var last = there ?? gone.Find(agent.Id);
            if (last is not null)
                parts.Add(last.Part);
            if ((there is null || there.Terminating) && last is not { EndedFirst: true })
                departures.Add(new Departure(agent.Id, last?.DeletedAt));
            else if (there is not { Ready: true, ReadySince: { } since } || since > plan.Start)
                unsteady.Add(agent.Id);
        }
        var planned = plan.Agents.Select(agent => agent.Agent.Id).ToHashSet(StringComparer.Ordinal);
        return new Aftermath
        {
            Departures = departures.ToImmutable(),
            Unsteady = unsteady.ToImmutable(),
            Newcomers = [.. pods.Values.Concat(gone.All)
                .Where(pod => parts.Contains(pod.Part) && !planned.Contains(pod.Uid) && pod.Created > plan.Due - ClocksDiffer)
                .Select(pod => pod.Uid).Distinct(StringComparer.Ordinal)],
        };
    }
}
