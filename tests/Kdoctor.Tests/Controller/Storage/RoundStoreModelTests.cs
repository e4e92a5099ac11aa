using CsCheck;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Databases;
using Kdoctor.TestKit.Reports;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Storage;

/// <summary>Any sequence of changes leaves the store as a model of a few lines says; reopening the file in between changes nothing.</summary>
public sealed class RoundStoreModelTests(SharedPostgres postgres)
{
    private static readonly MeshRound Mesh = MeshRound.Of(3);

    private static readonly Gen<(int What, int Task, int Number, int Agent)> GenChange =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1], Gen.Int[1, 3], Gen.Int[0, 2]);

    private enum What
    {
        Begin,
        Shard,
        End,
        Remove,
        Reopen,
    }

    [Fact]
    public Task Store_and_model_agree_after_any_changes_in_sqlite() => GenChange.Array[1, 40].SampleAsync(
        async changes =>
        {
            using var folder = new TestFolder();
            await CheckAsync(changes, () => Task.FromResult<IRoundStore>(SqliteRoundStore.Open(folder.Path("rounds.db"), new StoreBounds(), () => "installation")));
        },
        iter: 25,
        threads: 1);

    [Fact]
    public async Task Store_and_model_agree_after_any_changes_in_postgres()
    {
        var connection = await postgres.NewDatabaseAsync();
        await GenChange.Array[1, 40].SampleAsync(
            async changes =>
            {
                await CheckAsync(changes, async () => await PostgresRoundStore.OpenAsync(connection, new StoreBounds(), () => "installation", Clock.Real, NullLoggerFactory.Instance, default));
                await SharedPostgres.ExecuteAsync(connection, "DROP SCHEMA kdoctor CASCADE");
            },
            iter: 8,
            threads: 1);
    }

    private static async Task CheckAsync((int What, int Task, int Number, int Agent)[] changes, Func<Task<IRoundStore>> open)
    {
        var model = new Dictionary<(int Task, int Number), (bool Ended, Dictionary<string, bool> Shards)>();
        var store = await open();
        try
        {
            foreach (var (what, task, number, agent) in changes)
            {
                var id = new RoundId($"task-{task}", number);
                var known = model.TryGetValue((task, number), out var round);
                switch ((What)Math.Min(what, (int)What.Reopen))
                {
                    case What.Begin:
                        var record = new RoundRecord { Plan = Mesh.Plan with { Id = id }, Expect = Mesh.Task.Expect, Spec = Mesh.Task.Spec };
                        Assert.Equal(!known, await store.TryBeginAsync(record, null, default));
                        model.TryAdd((task, number), (false, []));
                        break;
                    case What.Shard:
                        var name = $"id-{agent + 1}";
                        var expected = !known ? ShardAddition.NoSuchRound : !round.Shards.TryAdd(name, round.Ended) ? ShardAddition.Duplicate : round.Ended ? ShardAddition.Late : ShardAddition.InTime;
                        Assert.Equal(expected, await store.AddShardAsync(id, name, [.. ShardCodec.Encode(Mesh.Shard(agent))], default));
                        break;
                    case What.End:
                        var verdict = Mesh.Judge([]);
                        Assert.Equal(known && !round.Ended, await store.EndAsync(id, new RoundEnding(MeshRound.Noon, verdict, RoundTally.Of(Mesh.Plan, verdict)), default));
                        if (known)
                            model[(task, number)] = (true, round.Shards);
                        break;
                    case What.Remove:
                        await store.RemoveTaskAsync(id.TaskUid, default);
                        foreach (var key in model.Keys.Where(key => key.Task == task).ToList())
                            model.Remove(key);
                        break;
                    case What.Reopen:
                        await store.DisposeAsync();
                        store = await open();
                        break;
                }
            }
            await CompareAsync(store, model);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private static async Task CompareAsync(IRoundStore store, Dictionary<(int Task, int Number), (bool Ended, Dictionary<string, bool> Shards)> model)
    {
        foreach (var task in new[] { 0, 1 })
        {
            var rows = await store.HistoryAsync($"task-{task}", 10, default);
            var expected = model.Where(entry => entry.Key.Task == task).OrderByDescending(entry => entry.Key.Number).ToList();
            Assert.Equal(expected.Select(entry => (entry.Key.Number, entry.Value.Ended)), rows.Select(row => (row.Id.Number, row.State == RoundState.Ended)));
            foreach (var (key, round) in expected)
                Assert.Equal(round.Shards.OrderBy(entry => entry.Key), (await store.ShardAgentsAsync(new RoundId($"task-{task}", key.Number), default)).OrderBy(entry => entry.Key));
        }
        Assert.Equal(model.Count(entry => !entry.Value.Ended), (await store.OngoingAsync(default)).Count);
    }
}
