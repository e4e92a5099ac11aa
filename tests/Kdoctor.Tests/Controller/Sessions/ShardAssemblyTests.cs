using Kdoctor.Controller.Sessions;
using Kdoctor.Core.Protocol;
using Xunit;

namespace Kdoctor.Tests.Controller.Sessions;

public sealed class ShardAssemblyTests
{
    [Fact]
    public void Parts_come_in_any_order_and_may_repeat()
    {
        var assembly = new ShardAssembly();
        Assert.Null(assembly.Add(Part(2)));
        Assert.Null(assembly.Add(Part(0)));
        Assert.Null(assembly.Add(Part(0)));
        Assert.Equal([0, 1, 2], assembly.Add(Part(1))!.Select(part => part.Part).Order());
    }

    [Fact]
    public void Bounds_hold()
    {
        var assembly = new ShardAssembly();
        Assert.Throws<FormatException>(() => assembly.Add(Part(0, parts: 0)));
        Assert.Throws<FormatException>(() => assembly.Add(Part(0, parts: ShardAssembly.MaxParts + 1)));
        for (var round = 0; round < ShardAssembly.MaxOpen; round++)
            assembly.Add(Part(0, round: $"task/{round}"));
        Assert.Throws<FormatException>(() => assembly.Add(Part(0, round: "task/99")));
        Assert.Throws<FormatException>(() => assembly.Add(Part(3, round: "task/0")));
        Assert.Null(assembly.Add(Part(0, round: "task/99")));
    }

    private static ShardPart Part(int part, int parts = 3, string round = "task/1") => new() { RoundId = round, Part = part, Parts = parts };
}
