using System.Collections.Immutable;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Planning;

/// <summary>
/// Turns a task and a snapshot into a plan. Pure: the same input gives the same plan.
/// 1. Every query of the task becomes concrete targets, or an entry that says why it cannot be tested.
/// 2. Every agent of the snapshot on a node that the task selects gets all of them, whether it is connected or not: one that is not is silent, never forgotten.
///    One that cannot take part at all is planned too, with nothing to do, so that the report names it and why.
/// 3. The deadline is the task's, counted from the due time, and not past the next one.
/// </summary>
public static class RoundPlanner
{
    /// <summary>Plans one round.</summary>
    /// <param name="task">The task.</param>
    /// <param name="snapshot">What is known of the cluster.</param>
    /// <param name="number">The round's number, from 1.</param>
    /// <param name="due">When it was due.</param>
    /// <param name="start">When the agents are to begin.</param>
    public static RoundPlan Plan(TaskDefinition task, ClusterSnapshot snapshot, int number, DateTimeOffset due, DateTimeOffset start)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(snapshot);
        var targets = ImmutableArray.CreateBuilder<Target>();
        var leftOut = ImmutableArray.CreateBuilder<LeftOut>();
        var notes = snapshot.Notes.ToBuilder();
        foreach (var query in task.Targets)
        {
            var found = TargetsOf(query, task, snapshot);
            foreach (var target in found.Targets)
                targets.Add(target with { Index = targets.Count });
            leftOut.AddRange(found.LeftOut);
            notes.AddRange(found.Notes.Where(note => !notes.Contains(note)));
        }
        var agents = SourceAgents.Of(task.SourceNodes, snapshot, notes, leftOut);
        return new RoundPlan
        {
            Id = new RoundId(task.Uid, number),
            TaskName = task.Name,
            TaskKind = task.Kind.ToString(),
            Generation = task.Generation,
            Due = due,
            Start = start,
            Deadline = due + task.TimeoutAt(due),
            Load = task.Load,
            Targets = targets.ToImmutable(),
            Agents = [.. agents.Select(agent => new AgentPlan(agent, agent.Absence is null ? null : []))],
            LeftOut = leftOut.ToImmutable(),
            Addresses = task.Addresses,
            Notes = notes.ToImmutable(),
        };
    }

    private static FoundTargets TargetsOf(TargetQuery query, TaskDefinition task, ClusterSnapshot snapshot) => query switch
    {
        MeshQuery mesh => MeshTargets.Find(mesh, task.Name, snapshot),
        HttpQuery http => HttpTargets.Find(http, snapshot),
        DnsQuery dns => DnsTargets.Find(dns),
        DnsServiceQuery service => DnsTargets.Find(service, snapshot),
        _ => throw new ArgumentOutOfRangeException(nameof(query), query, "no planner for this query"),
    };
}

/// <summary>What one query led to.</summary>
internal sealed record FoundTargets(ImmutableArray<Target> Targets, ImmutableArray<LeftOut> LeftOut)
{
    public ImmutableArray<string> Notes { get; init; } = [];

    public static FoundTargets One(Target target) => new([target], []);

    public static FoundTargets None(Channel channel, IpFamily? family, string reason) => new([], [new LeftOut(channel, family, reason)]);
}
