using CsCheck;
using Kdoctor.Core.Verdicts;
using Xunit;

namespace Kdoctor.Tests.Controller.Collecting;

/// <summary>Whatever the order in which shards come, and however often: the verdict is the same.</summary>
public sealed class CollectorPropertyTests
{
    private const int Agents = 4;

    private static readonly Gen<int[]> GenDeliveries = Gen.Int[0, Agents - 1].Array[0, 12];

    [Fact]
    public Task Order_and_repetition_of_shards_change_nothing() => GenDeliveries.SampleAsync(
        async deliveries =>
        {
            var verdict = await RunAsync([.. deliveries, 3, 2, 1, 0]);
            var expected = await RunAsync([0, 1, 2, 3]);
            Assert.Equal((expected.Verdict, expected.Summary, expected.Totals), (verdict.Verdict, verdict.Summary, verdict.Totals));
            Assert.Equal(expected.Agents.Select(Words), verdict.Agents.Select(Words));
        },
        iter: 12,
        threads: 1);

    private static string Words(AgentVerdict agent) => $"{agent.AgentId} {agent.State} {agent.Verdict} {string.Join("|", agent.Reasons)}";

    private static async Task<RoundVerdict> RunAsync(int[] deliveries)
    {
        await using var rig = new CollectorRig(Agents);
        for (var agent = 0; agent < Agents; agent++)
            await rig.ConnectAsync(agent);
        await rig.BeginAsync();
        foreach (var agent in deliveries)
        {
            // The second agent finds one target refusing connections.
            var shard = rig.Mesh.Shard(agent, (target, seen) => agent == 1 && target.Index == 2
                ? seen.Fail(7) : seen);
            await rig.DeliverAsync(shard);
        }
        var row = await rig.EndedAsync();
        return (await rig.Store.RoundAsync(row.Id, default))!.Verdict!;
    }
}
