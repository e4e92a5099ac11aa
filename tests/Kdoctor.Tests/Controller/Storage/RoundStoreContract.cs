using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Controller.Storage;

/// <summary>What every store promises, whatever it keeps its rounds in. A store that is opened twice is the same store.</summary>
public abstract class RoundStoreContract
{
    private readonly MeshRound mesh = MeshRound.Of(3);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<IRoundStore> OpenAsync(StoreBounds bounds);

    [Fact]
    public async Task A_round_is_read_back_as_it_was_begun()
    {
        await using var store = await OpenAsync();
        Assert.True(await store.TryBeginAsync(Record(1), new MissedRounds(3, MeshRound.Noon.AddMinutes(-3), MeshRound.Noon.AddMinutes(-1)), Cancellation));

        var found = await store.RoundAsync(Id(1), Cancellation);
        Assert.NotNull(found);
        Assert.Equal(RoundState.Ongoing, found.State);
        Assert.Equal(mesh.Plan.Targets.Select(target => target with { Request = found.Plan.Targets[target.Index].Request }), found.Plan.Targets);
        Assert.Equal(mesh.Plan.Targets.Select(target => Assert.IsType<HttpRequestPlan>(target.Request).RequestTarget), found.Plan.Targets.Select(target => Assert.IsType<HttpRequestPlan>(target.Request).RequestTarget));
        Assert.Equal(mesh.Plan.Agents.Select(agent => agent.Agent.Id), found.Plan.Agents.Select(agent => agent.Agent.Id));
        Assert.Equal(mesh.Plan.Load, found.Plan.Load);
        Assert.Equal(mesh.Task.Expect, found.Expect);
        Assert.Equal(mesh.Task.Spec.ToJsonString(), found.Spec.ToJsonString());
        Assert.Equal(new MissedRounds(3, MeshRound.Noon.AddMinutes(-3), MeshRound.Noon.AddMinutes(-1)), (await store.TotalsAsync(mesh.Task.Uid, Cancellation)).Missed);
    }

    [Fact]
    public async Task The_same_round_begins_once_and_its_missed_rounds_count_once()
    {
        await using var store = await OpenAsync();
        var missed = new MissedRounds(2, MeshRound.Noon, MeshRound.Noon.AddMinutes(1));
        Assert.True(await store.TryBeginAsync(Record(1), missed, Cancellation));
        Assert.False(await store.TryBeginAsync(Record(1), missed, Cancellation));
        Assert.Single(await store.HistoryAsync(mesh.Task.Uid, 10, Cancellation));
        Assert.Equal(2, (await store.TotalsAsync(mesh.Task.Uid, Cancellation)).Missed!.Count);
    }

    [Fact]
    public async Task What_is_told_of_running_rounds_is_read_as_it_was_last_told_until_they_end()
    {
        await using var store = await OpenAsync();
        await store.TryBeginAsync(Record(1), null, Cancellation);
        var told = new ToldProgress(Id(1), mesh.Plan.TaskKind, mesh.Plan.TaskName, new RoundProgress(1L << 40, 20, 19, 1, 3, 0));
        await store.TellProgressAsync([told], Cancellation);
        told = told with { Progress = told.Progress with { Sent = 30, AgentsDone = 1 } };
        await store.TellProgressAsync([told, told with { Id = Id(2) }], Cancellation);
        Assert.Equal([told], await store.ProgressAsync(Cancellation));

        var verdict = mesh.Judge([mesh.Shard(0)]);
        await store.EndAsync(Id(1), new RoundEnding(MeshRound.Noon.AddSeconds(20), verdict, RoundTally.Of(mesh.Plan, verdict)), Cancellation);
        await store.TellProgressAsync([told], Cancellation);
        Assert.Empty(await store.ProgressAsync(Cancellation));
        await store.RemoveTaskAsync(mesh.Task.Uid, Cancellation);
    }

    [Fact]
    public async Task A_round_ends_once_and_then_takes_shards_as_late()
    {
        await using var store = await OpenAsync();
        await store.TryBeginAsync(Record(1), null, Cancellation);
        Assert.Equal(ShardAddition.InTime, await AddAsync(store, 1, 0));
        Assert.Equal(ShardAddition.Duplicate, await AddAsync(store, 1, 0));
        var verdict = mesh.Judge([mesh.Shard(0)]);
        Assert.True(await store.EndAsync(Id(1), new RoundEnding(MeshRound.Noon.AddSeconds(20), verdict, RoundTally.Of(mesh.Plan, verdict)), Cancellation));
        Assert.False(await store.EndAsync(Id(1), new RoundEnding(MeshRound.Noon.AddSeconds(30), verdict, RoundTally.Of(mesh.Plan, verdict)), Cancellation));
        Assert.Equal(ShardAddition.Late, await AddAsync(store, 1, 1));
        Assert.Equal(ShardAddition.NoSuchRound, await AddAsync(store, 2, 1));

        var row = Assert.Single(await store.HistoryAsync(mesh.Task.Uid, 10, Cancellation));
        Assert.Equal(MeshRound.Noon.AddSeconds(20), row.Ended);
        Assert.Equal(Verdict.Fail, row.Verdict);
        Assert.Equal(["node-2", "node-3"], row.Tally!.SilentNodes);
        Assert.Equal(1, (await store.TotalsAsync(mesh.Task.Uid, Cancellation)).Done);
        Assert.Equal(new Dictionary<string, bool> { ["id-1"] = false, ["id-2"] = true }, await store.ShardAgentsAsync(Id(1), Cancellation));
        var shards = await store.ShardsAsync(Id(1), Cancellation).ToListAsync(Cancellation);
        Assert.Equal(mesh.Shard(0).Targets.Count, ShardCodec.Decode([.. shards[0].Parts]).Targets.Count);
        Assert.Equal(verdict.Summary, (await store.RoundAsync(Id(1), Cancellation))!.Verdict!.Summary);
    }

    [Fact]
    public async Task A_superseded_round_is_counted_apart_and_tells_since_when_the_schedule_counts()
    {
        await using var store = await OpenAsync();
        var verdict = mesh.Judge([]);
        for (var number = 1; number <= 3; number++)
        {
            await store.TryBeginAsync(Record(number), null, Cancellation);
            var at = MeshRound.Noon.AddMinutes(number);
            Assert.True(await store.EndAsync(Id(number), new RoundEnding(at, verdict, RoundTally.Of(mesh.Plan, verdict), Superseded: number < 3), Cancellation));
        }
        var totals = await store.TotalsAsync(mesh.Task.Uid, Cancellation);
        Assert.Equal((1, 2, MeshRound.Noon.AddMinutes(2)), (totals.Done, totals.Superseded, totals.Since));
        Assert.Equal([false, true, true], (await store.HistoryAsync(mesh.Task.Uid, 10, Cancellation)).Select(row => row.Superseded));
        Assert.Equal(TaskTotals.None, await store.TotalsAsync("another", Cancellation));
    }

    [Fact]
    public async Task Rounds_that_are_counted_anew_stay_in_the_history_and_count_once_less()
    {
        await using var store = await OpenAsync();
        Assert.False(await store.CountAnewAsync(mesh.Task.Uid, MeshRound.Noon, Cancellation));
        await EndedAsync(store, 1);
        await EndedAsync(store, 2);
        Assert.True(await store.CountAnewAsync(mesh.Task.Uid, MeshRound.Noon.AddMinutes(1), Cancellation));
        Assert.False(await store.CountAnewAsync(mesh.Task.Uid, MeshRound.Noon.AddMinutes(2), Cancellation));
        await EndedAsync(store, 3);

        var totals = await store.TotalsAsync(mesh.Task.Uid, Cancellation);
        Assert.Equal((1, 2, MeshRound.Noon.AddMinutes(1)), (totals.Done, totals.Superseded, totals.Since));
        var rows = await store.HistoryAsync(mesh.Task.Uid, 10, Cancellation);
        Assert.Equal([2, 1], (await store.HistoryAsync(Id(2), 10, Cancellation)).Select(row => row.Id.Number));
        Assert.Equal(2, Assert.Single(await store.HistoryAsync(Id(2), 1, Cancellation)).Id.Number);
        Assert.Equal([(3, false), (2, false), (1, false)], rows.Select(row => (row.Id.Number, row.Superseded)));
        Assert.Equal(1, totals.Started(rows[0]).Counted);
    }

    [Fact]
    public async Task The_spec_of_a_round_is_read_without_the_rest()
    {
        await using var store = await OpenAsync();
        await EndedAsync(store, 1);
        Assert.Equal(mesh.Task.Spec.ToJsonString(), (await store.SpecAsync(Id(1), Cancellation))!.ToJsonString());
        Assert.Null(await store.SpecAsync(Id(2), Cancellation));
    }

    [Fact]
    public async Task What_was_committed_is_there_after_the_process_vanished()
    {
        // The first store is never closed: what it holds is what a killed process leaves.
        var abandoned = await OpenAsync();
        await abandoned.TryBeginAsync(Record(1), null, Cancellation);
        await AddAsync(abandoned, 1, 0);
        await using var store = await OpenAsync();
        Assert.Equal(abandoned.InstallationId, store.InstallationId);
        Assert.Equal(Id(1), Assert.Single(await store.OngoingAsync(Cancellation)).Plan.Id);
        Assert.Equal(["id-1"], (await store.ShardAgentsAsync(Id(1), Cancellation)).Keys);
        Assert.False(await store.TryBeginAsync(Record(1), null, Cancellation));
        await abandoned.DisposeAsync();
    }

    [Fact]
    public async Task Pruning_keeps_to_each_bound_and_never_takes_a_tasks_newest_round()
    {
        await using var store = await OpenAsync(new StoreBounds { RoundsPerTask = 10 });
        for (var number = 1; number <= 14; number++)
            await EndedAsync(store, number);
        Assert.Equal(4, await store.PruneAsync(MeshRound.Noon, Cancellation));
        Assert.Equal(5, (await store.HistoryAsync(mesh.Task.Uid, 100, Cancellation))[^1].Id.Number);
        Assert.Equal(9, await store.PruneAsync(MeshRound.Noon.AddDays(31), Cancellation));
        Assert.Equal(14, Assert.Single(await store.HistoryAsync(mesh.Task.Uid, 100, Cancellation)).Id.Number);
        Assert.Equal(14, (await store.TotalsAsync(mesh.Task.Uid, Cancellation)).Done);
    }

    [Fact]
    public async Task Pruning_by_size_takes_the_oldest_first()
    {
        await using var store = await OpenAsync(new StoreBounds { Bytes = 1 << 20 });
        var shard = ShardCodec.Encode(MeshRound.Of(40).Shard(0));
        var large = Enumerable.Repeat(shard, (150_000 / shard.Sum(part => part.CalculateSize())) + 1).SelectMany(parts => parts).ToList();
        for (var number = 1; number <= 9; number++)
        {
            await EndedAsync(store, number);
            await store.AddShardAsync(Id(number), "id-1", large, Cancellation);
        }
        Assert.True(await store.PruneAsync(MeshRound.Noon, Cancellation) > 0);
        var left = await store.HistoryAsync(mesh.Task.Uid, 100, Cancellation);
        Assert.Equal(Enumerable.Range(10 - left.Count, left.Count).Reverse(), left.Select(row => row.Id.Number));
        Assert.Equal(0, await store.PruneAsync(MeshRound.Noon, Cancellation));
    }

    [Fact]
    public async Task A_removed_task_leaves_nothing()
    {
        await using var store = await OpenAsync();
        await EndedAsync(store, 1);
        await AddAsync(store, 1, 0);
        await store.RemoveTaskAsync(mesh.Task.Uid, Cancellation);
        Assert.Empty(await store.TaskUidsAsync(Cancellation));
        Assert.Empty(await store.ShardAgentsAsync(Id(1), Cancellation));
        Assert.Null(await store.RoundAsync(Id(1), Cancellation));
    }

    [Fact]
    public async Task Who_claims_a_store_writes_and_nobody_who_claimed_it_before()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        await first.ClaimAsync(Cancellation);
        Assert.True(await first.TryBeginAsync(Record(1), null, Cancellation));
        await second.ClaimAsync(Cancellation);

        await Assert.ThrowsAsync<StoreClaimedException>(() => first.TryBeginAsync(Record(2), null, Cancellation));
        await Assert.ThrowsAsync<StoreClaimedException>(() => AddAsync(first, 1, 0));
        await Assert.ThrowsAsync<StoreClaimedException>(() => EndedAsync(first, 1));
        await Assert.ThrowsAsync<StoreClaimedException>(() => first.RemoveTaskAsync(mesh.Task.Uid, Cancellation));
        await Assert.ThrowsAsync<StoreClaimedException>(() => first.PruneAsync(MeshRound.Noon, Cancellation));
        Assert.Equal(Id(1), Assert.Single(await first.OngoingAsync(Cancellation)).Plan.Id);
        Assert.Empty(await second.ShardAgentsAsync(Id(1), Cancellation));

        Assert.Equal(ShardAddition.InTime, await AddAsync(second, 1, 0));
        await first.ClaimAsync(Cancellation);
        Assert.Equal(ShardAddition.InTime, await AddAsync(first, 1, 1));
    }

    [Fact]
    public async Task What_a_tasks_status_tells_is_kept_once_and_only_of_a_task_that_the_store_does_not_know()
    {
        await using var store = await OpenAsync();
        var at = MeshRound.Noon.AddMinutes(7);
        var totals = new TaskTotals { Done = 6, Superseded = 1, Since = MeshRound.Noon, Missed = new MissedRounds(2, at, at) };
        var rounds = new[] { 7, 6 }.Select(number => new RoundRow
        {
            Id = Id(number), TaskName = "t", TaskKind = "NetReach", Generation = 3, Due = at, Start = at, Deadline = at, State = RoundState.Ended, Agents = 3,
            Ended = at, Verdict = number == 7 ? Verdict.Fail : Verdict.Succeed, Summary = number == 7 ? "why" : null, Recalled = true,
        });
        Assert.True(await store.RecallAsync(new RecalledTask(mesh.Task.Uid, [.. rounds], totals), Cancellation));
        Assert.False(await store.RecallAsync(new RecalledTask(mesh.Task.Uid, [.. rounds], totals), Cancellation));

        Assert.Equal(totals, await store.TotalsAsync(mesh.Task.Uid, Cancellation));
        Assert.Equal(rounds, await store.HistoryAsync(mesh.Task.Uid, 10, Cancellation));
        Assert.Null(await store.RoundAsync(Id(7), Cancellation));
        Assert.Null(await store.SpecAsync(Id(7), Cancellation));
        Assert.Empty(await store.OngoingAsync(Cancellation));
        Assert.False(await store.TryBeginAsync(Record(7), null, Cancellation));
        Assert.True(await store.TryBeginAsync(Record(8), null, Cancellation));
        Assert.False((await store.HistoryAsync(mesh.Task.Uid, 1, Cancellation))[0].Recalled);
        await EndedAsync(store, 8);
        Assert.Equal(7, (await store.TotalsAsync(mesh.Task.Uid, Cancellation)).Done);
    }

    private Task<IRoundStore> OpenAsync() => OpenAsync(new StoreBounds());

    private RoundId Id(int number) => new(mesh.Task.Uid, number);

    private RoundRecord Record(int number) =>
        new() { Plan = mesh.Plan with { Id = Id(number) }, Expect = mesh.Task.Expect, Spec = mesh.Task.Spec };

    private Task<ShardAddition> AddAsync(IRoundStore store, int number, int agent) =>
        store.AddShardAsync(Id(number), $"id-{agent + 1}", [.. ShardCodec.Encode(mesh.Shard(agent))], Cancellation);

    private async Task EndedAsync(IRoundStore store, int number)
    {
        await store.TryBeginAsync(Record(number), null, Cancellation);
        var verdict = mesh.Judge([]);
        await store.EndAsync(Id(number), new RoundEnding(MeshRound.Noon, verdict, RoundTally.Of(mesh.Plan, verdict)), Cancellation);
    }
}
