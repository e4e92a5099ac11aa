using Kdoctor.Core.Results;

namespace Kdoctor.TestKit.Reports;

/// <summary>Deterministic chance: what a seed makes of a mesh, so that a property's counterexample is one number.</summary>
public static class MeshGen
{
    private static readonly FailureCause[] Causes = [FailureCause.Refused, FailureCause.Reset, FailureCause.TimedOut, FailureCause.LocalResource];

    /// <summary>Shards of a random part of the agents, with random faults at random targets.</summary>
    public static IReadOnlyList<AgentShard> Shards(MeshRound mesh, int seed)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        var random = new Random(seed);
        var shards = new List<AgentShard>();
        for (var agent = 0; agent < mesh.Plan.Agents.Length; agent++)
        {
            if (random.Next(5) == 0)
                continue;
            var faulty = random.Next(3) == 0;
            shards.Add(mesh.Shard(agent, (_, seen) => faulty && random.Next(2) == 0 ? Fault(seen, random) : seen, latenessInMs: random.Next(6) == 0 ? 100 : 0.05));
        }
        return shards;
    }

    private static Seen Fault(Seen seen, Random random)
    {
        var left = seen.Planned;
        long Some() => random.Next((int)Math.Min(left, 4) + 1);
        var unsent = Some();
        left -= unsent;
        var cancelled = Some();
        left -= cancelled;
        seen = seen with { Unsent = unsent, Cancelled = cancelled };
        foreach (var cause in Causes.Where(_ => random.Next(2) == 0))
        {
            var failed = Some();
            left -= failed;
            seen = failed == 0 ? seen : seen.Fail(failed, FailureStage.Connect, cause);
        }
        return random.Next(3) == 0 ? seen.Slow(2000) : seen;
    }
}
