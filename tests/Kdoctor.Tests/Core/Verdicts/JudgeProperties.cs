using CsCheck;
using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Verdicts;

/// <summary>What holds of every round, whatever happened in it.</summary>
public sealed class JudgeProperties
{
    private static readonly MeshRound Mesh = MeshRound.Of(4, 10);

    private static readonly Gen<int> Seeds = Gen.Int[0, 1_000_000];

    [Fact]
    public void The_order_in_which_shards_arrive_does_not_matter() => Gen.Select(Seeds, Seeds).Sample((seed, order) =>
    {
        var shards = MeshGen.Shards(Mesh, seed);
        var shuffled = shards.ToArray();
        new Random(order).Shuffle(shuffled);
        Same(Mesh.Judge(shards), Mesh.Judge(shuffled));
    }, iter: 100);

    [Fact]
    public void A_round_succeeds_only_with_everything_proven() => Seeds.Sample(seed =>
    {
        var shards = MeshGen.Shards(Mesh, seed);
        var verdict = Mesh.Judge(shards);
        var proven = shards.Count == Mesh.Plan.Agents.Length
            && shards.All(shard => shard.Targets.All(target => target.Succeeded == target.Planned && target.Latency.Mean <= Mesh.Task.Expect.MeanDelay.TotalNanoseconds));
        Assert.True(proven ? verdict.Verdict == Verdict.Succeed : verdict.Verdict != Verdict.Succeed, verdict.Summary);
    }, iter: 200);

    [Fact]
    public void A_silent_agent_is_never_green() => Seeds.Sample(seed =>
    {
        var shards = MeshGen.Shards(Mesh, seed);
        var verdict = Mesh.Judge(shards);
        var reported = shards.Select(shard => shard.AgentId).ToHashSet();
        Assert.All(verdict.Agents, agent => Assert.Equal(reported.Contains(agent.AgentId) ? AgentState.Reported : AgentState.Silent, agent.State));
        Assert.All(verdict.Agents.Where(agent => agent.State == AgentState.Silent), agent => Assert.Equal(Verdict.Fail, agent.Verdict));
        Assert.True(reported.Count == 4 || verdict.Verdict != Verdict.Succeed);
    }, iter: 100);

    [Fact]
    public void Whoever_is_not_green_says_why_and_whoever_is_says_nothing() => Seeds.Sample(seed =>
    {
        foreach (var agent in Mesh.Judge(MeshGen.Shards(Mesh, seed)).Agents)
        {
            Assert.Equal(agent.Verdict == Verdict.Succeed, agent.Reasons.IsEmpty);
            Assert.True(agent.Reasons.Length <= 21);
        }
    }, iter: 100);

    [Fact]
    public void Every_failed_target_of_an_agent_is_named() => Seeds.Sample(seed =>
    {
        foreach (var shard in MeshGen.Shards(Mesh, seed))
        {
            var agent = Judge.Agent(shard, Mesh.Plan.Agents.Single(planned => planned.Agent.Id == shard.AgentId), Mesh.Plan, Mesh.Task.Expect);
            var failed = shard.Targets.Where(target => Judge.Target(target, Mesh.Task.Expect, agent.Overload is not null).Verdict == Verdict.Fail).ToList();
            Assert.Equal(failed.Count > 0, agent.Verdict == Verdict.Fail);
            if (agent.Reasons.Length <= 20)
                Assert.All(failed, target => Assert.Contains(agent.Reasons, reason => reason.StartsWith(Mesh.Plan.Targets[target.Target].Name, StringComparison.Ordinal)));
        }
    }, iter: 100);

    [Fact]
    public void Totals_add_up() => Seeds.Sample(seed =>
    {
        var totals = Mesh.Judge(MeshGen.Shards(Mesh, seed)).Totals;
        // However many agents are silent, all that was planned is accounted for.
        Assert.Equal(Mesh.Plan.Agents.Length * Mesh.Plan.Targets.Length * Mesh.Plan.Load.RequestsPerTarget, totals.Planned);
        Assert.Equal(totals.Planned, totals.Sent + totals.Unsent + totals.Unreported);
        Assert.Equal(totals.Sent, totals.Succeeded + totals.Failed + totals.Cancelled);
    }, iter: 100);

    [Fact]
    public void One_more_failure_never_makes_a_target_better() => Gen.Select(Gen.Long[0, 50], Gen.Long[0, 49], Gen.Double[0, 1], Gen.Bool).Sample((succeeded, failed, expected, overloaded) =>
    {
        var expect = new Kdoctor.Core.Tasks.Expectation(expected, TimeSpan.FromSeconds(1));
        Verdict Of(long bad) => Judge.Target(new Seen(succeeded + failed + 1).Fail(bad, cause: overloaded ? FailureCause.TimedOut : FailureCause.Reset).At(0, ["a"]), expect, overloaded).Verdict;
        var better = Of(failed);
        var worse = Of(failed + 1);
        Assert.False(better != Verdict.Succeed && worse == Verdict.Succeed, $"{better} -> {worse}");
    }, iter: 1_000);

    private static void Same(RoundVerdict one, RoundVerdict other)
    {
        Assert.Equal((one.Verdict, one.Summary, one.Totals), (other.Verdict, other.Summary, other.Totals));
        Assert.Equal(one.Agents.Select(Words), other.Agents.Select(Words));
    }

    private static string Words(AgentVerdict agent) => $"{agent.AgentId} {agent.State} {agent.Verdict} {agent.Overload} {string.Join('|', agent.Reasons)}";
}
