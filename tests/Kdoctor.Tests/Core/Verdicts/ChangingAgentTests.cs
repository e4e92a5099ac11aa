using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Verdicts;

/// <summary>An agent whose pod was just being replaced or started when the round began proves neither sickness nor health.</summary>
/// <remarks>Seen red: each round that begins while a rollout replaces an agent fails, though one that began a moment earlier is unknown.</remarks>
public sealed class ChangingAgentTests
{
    [Fact]
    public void It_is_silent_and_unknown_and_so_is_the_round_which_says_why()
    {
        var mesh = Mesh(changing: true);
        var verdict = mesh.Judge([mesh.Shard(0), mesh.Shard(1)]);
        Assert.Equal("1 of 3 agents could not prove all, 1 of them because its pod was just being replaced or started when the round began; 1200 of 1200 requests succeeded", verdict.Summary);
        Assert.Equal((Verdict.Unknown, AgentState.Silent, Verdict.Unknown), (verdict.Verdict, verdict.Agents[2].State, verdict.Agents[2].Verdict));
        var finding = Assert.Single(mesh.Report([mesh.Shard(0), mesh.Shard(1)], verdict).Report.Findings);
        Assert.Equal(("agent agent-3 on node-3", "agent agent-3 on node-3 was not there when the round began: its pod is being deleted"), (finding.Component, finding.Evidence));
    }

    [Fact]
    public void One_that_is_absent_for_another_reason_fails_still()
    {
        var mesh = Mesh(changing: false);
        var verdict = mesh.Judge([mesh.Shard(0), mesh.Shard(1)]);
        Assert.Equal((Verdict.Fail, "1 of 3 agents is silent; 1200 of 1200 requests succeeded"), (verdict.Verdict, verdict.Summary));
    }

    [Fact]
    public void What_fails_beside_it_fails_still()
    {
        var mesh = Mesh(changing: true);
        var verdict = mesh.Judge([mesh.Shard(0, (target, seen) => target.DestinationAgentId == "id-2" ? seen.Fail(40) : seen), mesh.Shard(1)]);
        Assert.Equal(Verdict.Fail, verdict.Verdict);
        Assert.StartsWith("1 of 3 agents failed; ", verdict.Summary, StringComparison.Ordinal);
    }

    private static MeshRound Mesh(bool changing)
    {
        var snapshot = MeshSnapshot.Of(3);
        var third = snapshot.Agents[2] with { Connected = false, Absence = "its pod is being deleted", Changing = changing };
        return MeshRound.Of(3, snapshot: snapshot with { Agents = snapshot.Agents.SetItem(2, third) });
    }
}
