using Kdoctor.Agent.Rounds;
using Kdoctor.Core.Protocol;
using Xunit;

namespace Kdoctor.Tests.Agent.Rounds;

public sealed class ShardShelfTests
{
    [Fact]
    public void The_oldest_shards_go_when_there_are_too_many()
    {
        var shelf = new ShardShelf();
        for (var round = 1; round <= ShardShelf.MaxShards + 2; round++)
            shelf.Add($"task/{round}", [new ShardPart { RoundId = $"task/{round}", Parts = 1 }]);
        Assert.Equal(ShardShelf.MaxShards, shelf.Kept.Count);
        Assert.Equal("task/3", shelf.Kept[0].RoundId);
        Assert.Equal(2, shelf.Dropped);
    }

    [Fact]
    public void The_oldest_shards_go_when_they_are_too_large()
    {
        var shelf = new ShardShelf();
        var part = new ShardPart { RoundId = "task/1", Parts = 1 };
        part.Targets.Add(new TargetShardMessage { ResolvedAddress = new string('x', 30 << 20) });
        shelf.Add("task/1", [part]);
        shelf.Add("task/2", [part]);
        Assert.Equal(0, shelf.Dropped);
        shelf.Add("task/3", [part]);
        Assert.Equal(["task/2", "task/3"], shelf.Kept.Select(shard => shard.RoundId));
        Assert.True(shelf.Remove("task/2"));
        Assert.False(shelf.Remove("task/2"));
        shelf.Add("task/4", [part]);
        Assert.Equal(1, shelf.Dropped);
    }
}
