using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Kdoctor.Tests.Controller.Storage;

public sealed class SqliteRoundStoreTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly MeshRound mesh = MeshRound.Of(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_round_is_read_back_as_it_was_begun()
    {
        await using var store = Open();
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
        await using var store = Open();
        var missed = new MissedRounds(2, MeshRound.Noon, MeshRound.Noon.AddMinutes(1));
        Assert.True(await store.TryBeginAsync(Record(1), missed, Cancellation));
        Assert.False(await store.TryBeginAsync(Record(1), missed, Cancellation));
        Assert.Single(await store.HistoryAsync(mesh.Task.Uid, 10, Cancellation));
        Assert.Equal(2, (await store.TotalsAsync(mesh.Task.Uid, Cancellation)).Missed!.Count);
    }

    [Fact]
    public async Task A_round_ends_once_and_then_takes_shards_as_late()
    {
        await using var store = Open();
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
        await using var store = Open();
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
    public async Task What_was_committed_is_there_after_the_process_vanished()
    {
        // The first store is never closed: its file is what a killed process leaves.
        var abandoned = Open();
        await abandoned.TryBeginAsync(Record(1), null, Cancellation);
        await AddAsync(abandoned, 1, 0);
        await using var store = Open();
        Assert.Equal(abandoned.InstallationId, store.InstallationId);
        Assert.Equal(Id(1), Assert.Single(await store.OngoingAsync(Cancellation)).Plan.Id);
        Assert.Equal(["id-1"], (await store.ShardAgentsAsync(Id(1), Cancellation)).Keys);
        Assert.False(await store.TryBeginAsync(Record(1), null, Cancellation));
        await abandoned.DisposeAsync();
    }

    [Fact]
    public async Task Pruning_keeps_to_each_bound_and_never_takes_a_tasks_newest_round()
    {
        await using var store = Open(new StoreBounds { RoundsPerTask = 10 });
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
        await using var store = Open(new StoreBounds { Bytes = 1 << 20 });
        var large = MeshRound.Of(40);
        for (var number = 1; number <= 8; number++)
        {
            await EndedAsync(store, number, large);
            for (var agent = 0; agent < 40; agent++)
                await AddAsync(store, number, agent, large);
        }
        Assert.True(await store.PruneAsync(MeshRound.Noon, Cancellation) > 0);
        var left = await store.HistoryAsync(mesh.Task.Uid, 100, Cancellation);
        Assert.Equal(Enumerable.Range(9 - left.Count, left.Count).Reverse(), left.Select(row => row.Id.Number));
        Assert.Equal(0, await store.PruneAsync(MeshRound.Noon, Cancellation));
    }

    [Fact]
    public async Task A_removed_task_leaves_nothing()
    {
        await using var store = Open();
        await EndedAsync(store, 1);
        await AddAsync(store, 1, 0);
        await store.RemoveTaskAsync(mesh.Task.Uid, Cancellation);
        Assert.Empty(await store.TaskUidsAsync(Cancellation));
        Assert.Empty(await store.ShardAgentsAsync(Id(1), Cancellation));
        Assert.Null(await store.RoundAsync(Id(1), Cancellation));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await Open().DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={folder.Path("rounds.db")};Pooling=False"))
        {
            connection.Open();
            connection.Query("PRAGMA user_version = 99").Execute();
        }
        Assert.Contains("99", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    private SqliteRoundStore Open() => Open(new StoreBounds());

    private SqliteRoundStore Open(StoreBounds bounds) => SqliteRoundStore.Open(folder.Path("rounds.db"), bounds, () => "installation-1");

    private RoundId Id(int number) => new(mesh.Task.Uid, number);

    private RoundRecord Record(int number, MeshRound? of = null) =>
        new() { Plan = (of ?? mesh).Plan with { Id = Id(number) }, Expect = mesh.Task.Expect, Spec = mesh.Task.Spec };

    private Task<ShardAddition> AddAsync(SqliteRoundStore store, int number, int agent, MeshRound? of = null) =>
        store.AddShardAsync(Id(number), $"id-{agent + 1}", [.. ShardCodec.Encode((of ?? mesh).Shard(agent))], Cancellation);

    private async Task EndedAsync(SqliteRoundStore store, int number, MeshRound? of = null)
    {
        await store.TryBeginAsync(Record(number, of), null, Cancellation);
        var verdict = (of ?? mesh).Judge([]);
        await store.EndAsync(Id(number), new RoundEnding(MeshRound.Noon, verdict, RoundTally.Of((of ?? mesh).Plan, verdict)), Cancellation);
    }
}
