using System.Net;
using System.Net.Sockets;
using Kdoctor.Agent.Echo;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Agent.Health;

/// <summary>
/// Answers the kubelet: <c>/healthy/startup</c> and <c>/healthy/readiness</c> once the echo answers and until the agent stops,
/// <c>/healthy/liveness</c> as long as the loop that answers peers turns. The controller's absence makes no agent unready: peers must go on
/// reaching it through its Service, for that is what they test. <c>/metrics</c> answers Prometheus. It is the echo's own server with four paths, on the echo's loop.
/// </summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private const string MetricsPath = "/metrics";

    private readonly EchoServer server;
    private volatile bool ready;
    private volatile Func<byte[]>? metrics;

    private HealthServer(string agentId, IReadOnlyList<IPEndPoint> listen, EventLoop loop) => server = EchoServer.Start(
        new EchoOptions { AgentId = agentId, ServerName = "health", Listen = [.. listen], MaxConnections = 64, MaxBodyBytes = 0, StatusOf = StatusOf, TextOf = TextOf },
        loop);

    /// <summary>Whether the agent may be sent requests.</summary>
    public bool Ready
    {
        get => ready;
        set => ready = value;
    }

    /// <summary>Makes the page of metrics; null while there is none. Called on the loop's thread; must be quick.</summary>
    public Func<byte[]>? Metrics
    {
        get => metrics;
        set => metrics = value;
    }

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => server.EndPoints;

    /// <summary>Answers on a port of every address of both families.</summary>
    /// <exception cref="SocketException">The port cannot be had.</exception>
    public static HealthServer Start(string agentId, int port, EventLoop loop)
    {
        var listen = new List<IPEndPoint>();
        if (Socket.OSSupportsIPv4)
            listen.Add(new IPEndPoint(IPAddress.Any, port));
        if (Socket.OSSupportsIPv6)
            listen.Add(new IPEndPoint(IPAddress.IPv6Any, port));
        return new HealthServer(agentId, listen, loop);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private int StatusOf(string path) => path switch
    {
        "/healthy/liveness" => 200,
        "/healthy/startup" or "/healthy/readiness" => ready ? 200 : 503,
        MetricsPath => metrics is null ? 503 : 200,
        _ => 404,
    };

    private byte[]? TextOf(string path) => path == MetricsPath ? metrics?.Invoke() : null;
}
