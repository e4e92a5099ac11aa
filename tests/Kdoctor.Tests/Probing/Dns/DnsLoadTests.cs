using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Load;
using Kdoctor.TestKit.Dns;
using Kdoctor.Tests.Probing.Load;
using Xunit;

namespace Kdoctor.Tests.Probing.Dns;

public sealed class DnsLoadTests
{
    [Theory]
    [InlineData(DnsTransport.Udp, 2000)]
    [InlineData(DnsTransport.Tcp, 2000)]
    public async Task Exactly_rate_times_duration_queries_are_sent_and_none_is_early(DnsTransport transport, double rate)
    {
        using var datagrams = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        await using var streams = new StreamAnswerer(exchange => exchange.AnswerAllAsync(query => DnsMessage.Answer(query)));
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(new LoadAssignment
        {
            Load = new LoadPlan(rate, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)),
            Targets = [new LoadTarget(0, DnsTarget.Plan(transport == DnsTransport.Udp ? datagrams.EndPoint : streams.EndPoint, transport))],
        });
        var shard = result.Targets[0];
        Assert.Equal(((long)rate, (long)rate, (long)rate, 0L), (shard.Planned, shard.Sent, shard.Succeeded, shard.Unsent));
        Assert.Equal(rate, result.Lateness.Count);
        Assert.True(shard.FirstSent >= result.Started);
        Assert.True(shard.LastEnded - result.Started >= TimeSpan.FromSeconds(1 - (2 / rate)));
    }

    [Fact]
    public async Task A_server_that_does_not_keep_up_moves_no_query()
    {
        using var server = new UdpAnswerer(_ => []);
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(new LoadAssignment
        {
            Load = new LoadPlan(200, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(700)),
            Targets = [new LoadTarget(0, DnsTarget.Plan(server.EndPoint))],
        });
        Assert.Equal((100, 100L, 0L), (server.Received.Count, result.Targets[0].Sent, result.Targets[0].Unsent));
    }

    [Fact]
    public async Task A_run_cut_short_conserves_every_query()
    {
        using var server = new UdpAnswerer(query => query.Number % 2 == 0 ? [] : [DnsMessage.Answer(query.Message)]);
        await using var silent = new StreamAnswerer(exchange => exchange.SilenceAsync());
        await using var loop = new ProbingLoop();
        var run = loop.Runner.Start(ProbingLoop.Load(1000, 10_000, DnsTarget.Plan(server.EndPoint), DnsTarget.Plan(silent.EndPoint, DnsTransport.Tcp)));
        while (run.Progress.Sent < 100)
            await Task.Yield();
        run.Cancel("enough");
        foreach (var shard in (await ProbingLoop.EndOf(run)).Targets)
            ProbingLoop.AssertConserved(shard);
    }
}

/// <summary>Descriptors of this process, so that nothing else may run beside it.</summary>
[Collection(nameof(DescriptorTests))]
public sealed class DnsDescriptorTests
{
    [Fact]
    public async Task Queries_of_every_end_leave_no_descriptor_open()
    {
        await using var loop = new ProbingLoop();
        await RunAllAsync(loop);
        var during = Open();
        for (var round = 0; round < 5; round++)
            await RunAllAsync(loop);
        Assert.InRange(Open(), 0, during + 2);
    }

    private static async Task RunAllAsync(ProbingLoop loop)
    {
        using var server = new UdpAnswerer(query => query.Number % 3 == 0 ? [] : [DnsMessage.Answer(query.Message, code: query.Number % 3)]);
        await using var stream = new StreamAnswerer(exchange => exchange.Number % 2 == 0 ? exchange.ReadAsync() : exchange.AnswerAllAsync(query => DnsMessage.Answer(query)));
        var plans = new[]
        {
            DnsTarget.Plan(server.EndPoint), DnsTarget.Plan(stream.EndPoint, DnsTransport.Tcp), DnsTarget.Plan(new IPEndPoint(IPAddress.Loopback, 1)),
            DnsTarget.Plan(new IPEndPoint(IPAddress.Loopback, 1), DnsTransport.Tcp),
        };
        var whole = loop.RunAsync(ProbingLoop.Load(20, 200, plans));
        var cut = loop.Runner.Start(ProbingLoop.Load(20, 10_000, plans));
        await whole;
        cut.Cancel("enough");
        await ProbingLoop.EndOf(cut);
    }

    private static int Open() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Count(entry => new FileInfo(entry).LinkTarget is { } target && target.StartsWith("socket:", StringComparison.Ordinal));
}
