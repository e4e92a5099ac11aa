using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Agent.Echo;

/// <summary>
/// An agent's echo: it answers any path over HTTP/1.1 with what it was asked, its identity and the request's nonce, so that a probe knows
/// who answered it. It lives on an <see cref="EventLoop"/> that it may share with others.
/// </summary>
public sealed class EchoServer : IAsyncDisposable
{
    private readonly EventLoop loop;
    private readonly EchoCore core;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EchoServer(EventLoop loop, EchoCore core, ImmutableArray<IPEndPoint> endPoints)
    {
        this.loop = loop;
        this.core = core;
        EndPoints = endPoints;
    }

    /// <summary>Where it listens, one per address of the options and in their order.</summary>
    public ImmutableArray<IPEndPoint> EndPoints { get; }

    /// <summary>What it has done so far; safe to read from every thread.</summary>
    public EchoCounts Counts => core.Counts;

    /// <summary>How many requests named a task; safe to read from every thread.</summary>
    public long RequestsOf(string task) => core.Tasks[task];

    /// <summary>Listens; connections are accepted when this returns.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message names every problem.</exception>
    /// <exception cref="SocketException">An address or port cannot be had.</exception>
    public static EchoServer Start(EchoOptions options, EventLoop loop)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loop);
        if (string.Join("; ", options.Problems()) is { Length: > 0 } problems)
            throw new ArgumentException(problems);
        var listeners = new List<int>();
        try
        {
            foreach (var endPoint in options.Listen)
                listeners.Add(StreamSocket.Listen(endPoint, backlog: 4096));
            ImmutableArray<IPEndPoint> endPoints = [.. listeners.Select(StreamSocket.LocalEndPoint)];
            var core = new EchoCore(options, loop);
            loop.Post(() => core.Start(listeners));
            return new EchoServer(loop, core, endPoints);
        }
        catch
        {
            listeners.ForEach(StreamSocket.Close);
            throw;
        }
    }

    /// <summary>Closes the listeners and every connection.</summary>
    public ValueTask DisposeAsync()
    {
        try
        {
            loop.Post(() =>
            {
                core.Stop();
                ended.TrySetResult();
            });
        }
        catch (ObjectDisposedException)
        {
            // The loop stopped, and the server with it.
            ended.TrySetResult();
        }
        return new ValueTask(ended.Task);
    }
}
