using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.Probing.Load;

/// <summary>Descriptors of this process, so that nothing else may run beside it.</summary>
[CollectionDefinition(nameof(DescriptorTests), DisableParallelization = true)]
[Collection(nameof(DescriptorTests))]
public sealed class DescriptorTests
{
    [Fact]
    public async Task Runs_of_every_end_and_loops_leave_no_descriptor_open()
    {
        await using (var loop = new ProbingLoop())
        {
            await RunAllAsync(loop);
            var during = Open();
            for (var round = 0; round < 5; round++)
                await RunAllAsync(loop);
            Assert.InRange(Open(), 0, during + 2);
        }
        var before = Open();
        for (var round = 0; round < 5; round++)
        {
            await using var loop = new ProbingLoop();
        }
        Assert.InRange(Open(), 0, before + 2);
    }

    private static async Task RunAllAsync(ProbingLoop loop)
    {
        using var closed = new ClosedPort();
        await using var rude = RudeServer.Start(connection => (connection.Number % 4) switch
        {
            0 => RudeScripts.ResetAfter("HTTP/1.1 ")(connection),
            1 => RudeScripts.Silent()(connection),
            2 => RudeScripts.Answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(connection),
            _ => RudeScripts.EndlessBody()(connection),
        });
        var plans = new[] { ProbingLoop.Plan(rude.EndPoint), ProbingLoop.Plan(rude.EndPoint, keepAlive: true), ProbingLoop.Plan(closed.EndPoint) };
        var whole = loop.RunAsync(ProbingLoop.Load(20, 100, plans));
        var cut = loop.Runner.Start(ProbingLoop.Load(20, 10_000, plans));
        await whole;
        cut.Cancel("enough");
        await ProbingLoop.EndOf(cut);
    }

    // Sockets, polls and events only: the runtime opens files of its own as it pleases.
    private static int Open() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Count(entry => new FileInfo(entry).LinkTarget is { } target && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal)));
}
