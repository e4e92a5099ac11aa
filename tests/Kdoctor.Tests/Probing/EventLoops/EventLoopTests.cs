using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Kdoctor.Probing.EventLoops;
using Xunit;

namespace Kdoctor.Tests.Probing.EventLoops;

public sealed class EventLoopTests : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> surprises = new();
    private readonly EventLoop loop;

    public EventLoopTests() => loop = new EventLoop("test", ProbingLoop.Clock, exception => surprises.Enqueue(exception.Message));

    public ValueTask DisposeAsync() => loop.DisposeAsync();

    [Fact]
    public async Task Work_timers_and_sockets_that_throw_are_reported_and_the_loop_goes_on()
    {
        var listener = StreamSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1);
        var thrower = new Thrower();
        var timerSurprise = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => throw new InvalidOperationException("work"));
        loop.Post(() => loop.Watch(listener, thrower, Readiness.Readable | Readiness.EdgeTriggered));
        loop.Post(() => loop.Arm(new LoopTimer(() => throw new InvalidOperationException("timer"), timerSurprise.SetResult), loop.NowNs));
        await OnLoopAsync();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)StreamSocket.LocalEndPoint(listener), TestContext.Current.CancellationToken);
        await Task.WhenAll(thrower.Told.Task, timerSurprise.Task).WaitAsync(ProbingLoop.HangGuard, ProbingLoop.Clock, TestContext.Current.CancellationToken);
        await OnLoopAsync();
        Assert.Equal(["socket", "timer", "work"], surprises.Order());
        loop.Post(() => loop.Close(listener));
        await OnLoopAsync();
    }

    [Fact]
    public async Task A_timer_is_never_early()
    {
        var elapsed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var due = loop.NowNs + 3_000_000;
        loop.Post(() => loop.Arm(new LoopTimer(() => elapsed.SetResult(loop.NowNs), () => { }), due));
        Assert.True(await elapsed.Task.WaitAsync(ProbingLoop.HangGuard, ProbingLoop.Clock, TestContext.Current.CancellationToken) >= due);
    }

    [Fact]
    public async Task A_stopped_loop_takes_no_work_and_stops_once()
    {
        await loop.DisposeAsync();
        await loop.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => loop.Post(() => { }));
        Assert.Empty(surprises);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_wait_ends_after_its_time_on_new_and_old_kernels(bool old)
    {
        using var poller = new Poller();
        if (old)
            poller.UseTimerDescriptor();
        var clock = new LoopClock(ProbingLoop.Clock);
        for (var round = 0; round < 3; round++)
        {
            var end = clock.NowNs + 2_000_000;
            var count = 0;
            while (clock.NowNs < end)
                count += Enumerable.Range(0, poller.Wait(Math.Max(end - clock.NowNs, 1))).Count(index => poller.TryRead(index, out _, out _));
            Assert.Equal(0, count);
        }
        poller.Wake();
        Assert.Equal(1, poller.Wait(-1));
        Assert.False(poller.TryRead(0, out _, out _));
        Assert.Equal(0, poller.Wait(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    [InlineData(50_000_001)]
    [InlineData(1_000_000_000)]
    [InlineData(60_000_000_000)]
    public void A_long_wait_is_cut_so_that_the_kernels_slack_does_not_make_it_late(long timeoutNs)
    {
        // A kernel may end a niced thread's wait late by a 200th of its length.
        var waits = 0;
        for (var left = timeoutNs; left > 0; waits++)
        {
            var part = Poller.PartOf(left);
            Assert.InRange(part, 1, left);
            Assert.InRange(part + (part / 200), 1, left + 250_000);
            left -= part;
        }
        Assert.InRange(waits, 0, 6);
    }

    [Fact]
    public void A_closed_descriptors_event_does_not_reach_its_next_owner()
    {
        var table = new SocketTable();
        var (first, second) = (new Thrower(), new Thrower());
        var stale = table.Add(300, first);
        table.Remove(300);
        Assert.Null(table.Find(stale));
        var fresh = table.Add(300, second);
        Assert.Null(table.Find(stale));
        Assert.Same(second, table.Find(fresh));
    }

    [Theory]
    [InlineData("127.1.2.3", 80)]
    [InlineData("::1", 65535)]
    [InlineData("fe80::1%3", 1)]
    public void An_address_survives_the_kernels_form(string address, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        Assert.Equal(endPoint, KernelAddress.Read(new KernelAddress(endPoint).Bytes));
    }

    private Task OnLoopAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(done.SetResult);
        return done.Task.WaitAsync(ProbingLoop.HangGuard, ProbingLoop.Clock);
    }

    private sealed class Thrower : ILoopSocket
    {
        internal TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReady(Readiness ready) => throw new InvalidOperationException("socket");

        public void OnSurprise() => Told.TrySetResult();
    }
}
