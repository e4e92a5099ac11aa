using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Collecting;

public sealed class RoundJudgingTests
{
    private readonly MeshRound mesh = MeshRound.Of(20);
    private readonly List<WeakReference> decoded = [];
    private int mostAlive;

    /// <summary>
    /// Seen red: all shards of a round were decoded into a list before the first was judged, and a controller that ran out of memory over them took the
    /// round up again, and ran out again.
    /// </summary>
    [Fact]
    public async Task Shards_are_judged_and_counted_one_at_a_time_and_none_is_kept()
    {
        var record = new RoundRecord { Plan = mesh.Plan, Expect = mesh.Task.Expect, Spec = mesh.Task.Spec };
        var (verdict, load) = await RoundJudging.JudgeAsync(new ActiveRound(record, TimeSpan.FromSeconds(15)), Aftermath.None, StoredAsync(), Decode, TestContext.Current.CancellationToken);

        Assert.Equal(20, decoded.Count);
        Assert.InRange(mostAlive, 0, 2);
        var all = mesh.Judge(mesh.Shards(), aftermath: Aftermath.None);
        Assert.Equal((all.Verdict, all.Summary, all.Totals), (verdict.Verdict, verdict.Summary, verdict.Totals));
        Assert.Equal(all.Totals.Sent, load.Channels.Sum(channel => channel.Sent));
    }

    private async IAsyncEnumerable<StoredShard> StoredAsync()
    {
        for (var agent = 0; agent < mesh.Plan.Agents.Length; agent++)
        {
            await Task.Yield();
            yield return new StoredShard(mesh.Plan.Agents[agent].Agent.Id, false, [.. ShardCodec.Encode(mesh.Shard(agent))]);
        }
    }

    private AgentShard? Decode(StoredShard stored)
    {
        GC.Collect();
        mostAlive = Math.Max(mostAlive, decoded.Count(shard => shard.IsAlive));
        var shard = RoundJudging.TryDecode(stored, NullLogger.Instance);
        decoded.Add(new WeakReference(shard));
        return shard;
    }
}
