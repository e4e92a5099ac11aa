using System.Collections.Immutable;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Planning;

/// <summary>
/// Turns a task and a snapshot into a plan. Pure: the same input gives the same plan.
/// 1. Every query of the task becomes concrete targets, or an entry that says why it cannot be tested.
/// 2. Every agent of the snapshot gets all of them, whether it is connected or not: one that is not is silent, never forgotten.
/// 3. The deadline is the task's, counted from the due time.
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
        foreach (var query in task.Targets)
        {
            var found = TargetsOf(query, task, snapshot);
            foreach (var target in found.Targets)
                targets.Add(target with { Index = targets.Count });
            leftOut.AddRange(found.LeftOut);
        }
        return new RoundPlan
        {
            Id = new RoundId(task.Uid, number),
            TaskName = task.Name,
            TaskKind = task.Kind.ToString(),
            Generation = task.Generation,
            Due = due,
            Start = start,
            Deadline = due + task.RoundTimeout,
            Load = task.Load,
            Targets = targets.ToImmutable(),
            Agents = [.. snapshot.Agents.Select(agent => new AgentPlan(agent, null))],
            LeftOut = leftOut.ToImmutable(),
            Addresses = task.Addresses,
            Notes = snapshot.Notes,
        };
    }

    private static FoundTargets TargetsOf(TargetQuery query, TaskDefinition task, ClusterSnapshot snapshot) => query switch
    {
        MeshQuery mesh => MeshTargets.Find(mesh, task.Name, snapshot),
        HttpQuery http => FoundTargets.One(HttpTarget(http)),
        DnsQuery dns => FoundTargets.One(DnsTarget(dns)),
        UnsupportedQuery unsupported => FoundTargets.None(unsupported.Channel, unsupported.Family, unsupported.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(query), query, "no planner for this query"),
    };

    private static Target DnsTarget(DnsQuery query)
    {
        var server = MeshTargets.Authority(query.Server, query.Port);
        return new Target
        {
            Index = 0,
            Name = $"type{query.Request.Type}_{server}_{query.Request.Domain}",
            Channel = Channel.Dns,
            Family = EchoAddress.FamilyOf(query.Server),
            Host = query.Server,
            Port = query.Port,
            Url = server,
            Request = query.Request,
        };
    }

    private static Target HttpTarget(HttpQuery query)
    {
        var host = query.Url.HostNameType == UriHostNameType.IPv6 ? query.Url.DnsSafeHost : query.Url.IdnHost;
        return new Target
        {
            Index = 0,
            Name = query.Url.AbsoluteUri,
            Channel = Channel.Application,
            Family = EchoAddress.FamilyOf(host),
            Host = host,
            Port = query.Url.Port,
            Url = query.Url.AbsoluteUri,
            Request = query.Request,
        };
    }
}

/// <summary>What one query led to.</summary>
internal sealed record FoundTargets(ImmutableArray<Target> Targets, ImmutableArray<LeftOut> LeftOut)
{
    public static FoundTargets One(Target target) => new([target], []);

    public static FoundTargets None(Channel channel, IpFamily? family, string reason) => new([], [new LeftOut(channel, family, reason)]);
}
