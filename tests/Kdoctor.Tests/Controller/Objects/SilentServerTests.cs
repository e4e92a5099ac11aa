using System.Net;
using System.Net.Sockets;
using k8s;
using Kdoctor.Controller.Objects;
using Kdoctor.TestKit.Rude;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Objects;

/// <summary>API servers that take a connection and never say a word, and what breaks otherwise: nobody waits for ever, and nothing is followed no more.</summary>
public sealed class SilentServerTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <remarks>Seen red: a connection whose other end was gone was waited for without end, and with it every task.</remarks>
    [Theory]
    [InlineData(false, 30)]
    [InlineData(true, 130)]
    public async Task Whoever_does_not_answer_is_given_up(bool watched, int afterSeconds)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var kubernetes = new Kubernetes(new KubernetesClientConfiguration { Host = $"http://{listener.LocalEndpoint}" });
        var objects = new KubernetesObjects(kubernetes, time);
        var asking = watched
            ? objects.WatchAsync("api/v1/pods", null, "1", Cancellation).FirstAsync(Cancellation).AsTask()
            : (Task)objects.ListAsync("api/v1/pods", null, Cancellation);

        using var taken = await listener.AcceptTcpClientAsync(Cancellation).AsTask().WaitAsync(Hang, Cancellation);
        time.Advance(TimeSpan.FromSeconds(afterSeconds));

        var refused = await Assert.ThrowsAsync<ApiServerException>(() => asking.WaitAsync(Hang, Cancellation));
        Assert.Contains("was not answered in time", refused.Message, StringComparison.Ordinal);
    }

    /// <remarks>Seen red: each connection that broke had the whole collection listed again; and, with every break taken for an end, a watch that never worked had nobody list again.</remarks>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_watch_that_breaks_after_a_change_ends_and_one_that_brought_nothing_is_an_error(int changes)
    {
        await using var server = RudeServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var version = 2; version < 2 + changes; version++)
            {
                var line = $"{{\"type\":\"ADDED\",\"object\":{{\"metadata\":{{\"name\":\"a\",\"resourceVersion\":\"{version}\"}}}}}}\n";
                await connection.SendAsync($"{line.Length:x}\r\n{line}\r\n");
            }

            // Half a line, then an end that the chunks did not announce.
            await connection.SendAsync("4\r\n{\"ty\r\n");
            connection.FinishSending();
            await connection.StayAsync();
        });
        using var kubernetes = new Kubernetes(new KubernetesClientConfiguration { Host = $"http://{server.EndPoint}" });
        var watch = new KubernetesObjects(kubernetes, time).WatchAsync("api/v1/pods", null, "1", Cancellation).ToListAsync(Cancellation).AsTask().WaitAsync(Hang, Cancellation);
        if (changes == 0)
            await Assert.ThrowsAsync<ApiServerException>(() => watch);
        else
            Assert.Equal(changes, (await watch).Count);
    }

    /// <remarks>Seen red: a list that broke in a way that nobody had thought of was never asked for again.</remarks>
    [Fact]
    public async Task Whatever_breaks_the_collection_is_listed_again()
    {
        var asked = new TaskCompletionSource();
        var listed = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var watch = new ListWatch(
            "pods",
            _ =>
            {
                if (++listed == 1)
                {
                    asked.SetResult();
                    throw new InvalidOperationException("an object without a name");
                }
                return Task.FromResult("1");
            },
            (_, cancelled) => Task.Delay(Timeout.InfiniteTimeSpan, time, cancelled).ContinueWith(_ => "1", TaskScheduler.Default),
            time, new Random(1), NullLogger.Instance);
        var running = watch.RunAsync(stop.Token);
        await asked.Task.WaitAsync(Hang, Cancellation);
        while (!watch.Synced.IsCompleted && !running.IsCompleted)
        {
            // The delay before it is asked again may not have begun yet.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.True(watch.Synced.IsCompletedSuccessfully);
        await stop.CancelAsync();
    }
}
