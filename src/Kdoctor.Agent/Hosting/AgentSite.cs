using System.Net;
using System.Net.Sockets;
using Kdoctor.Agent.Usage;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Hosting;

/// <summary>What the agents of one process share: a loop for probes, one for echoes, the measurement of the process, the clock and the logs.</summary>
public sealed partial class AgentSite : IAsyncDisposable
{
    private readonly ILogger<AgentSite> logger;

    /// <summary>Starts the loops.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="seeds">Where the nonces of probes come from; used by this site alone.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="sharingAgents">How many agents will live in this process; at least 1.</param>
    public AgentSite(TimeProvider time, Random seeds, ILoggerFactory logs, int sharingAgents)
    {
        ArgumentNullException.ThrowIfNull(logs);
        ArgumentOutOfRangeException.ThrowIfLessThan(sharingAgents, 1);
        (Time, Logs, SharingAgents) = (time, logs, sharingAgents);
        logger = logs.CreateLogger<AgentSite>();
        Probing = new EventLoop("probing", time, LogSurprise);
        Echoing = new EventLoop("echo", time, LogSurprise);
        Runner = new LoadRunner(Probing, ResolveAsync, seeds);
        Usage = new ProcessUsage(time);
    }

    /// <summary>How many agents live in this process.</summary>
    public int SharingAgents { get; }

    internal TimeProvider Time { get; }

    internal ILoggerFactory Logs { get; }

    internal EventLoop Probing { get; }

    internal EventLoop Echoing { get; }

    internal LoadRunner Runner { get; }

    internal ProcessUsage Usage { get; }

    /// <summary>Stops the loops; every agent of the site must have been disposed of.</summary>
    public async ValueTask DisposeAsync()
    {
        await Probing.DisposeAsync().ConfigureAwait(false);
        await Echoing.DisposeAsync().ConfigureAwait(false);
        Usage.Dispose();
    }

    // The system's resolver, first address: what an application without a preference would use.
    private static async Task<IPAddress> ResolveAsync(string host, IpFamily? family, CancellationToken cancellation)
    {
        var wanted = family switch
        {
            IpFamily.IPv4 => AddressFamily.InterNetwork,
            IpFamily.IPv6 => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        var addresses = await System.Net.Dns.GetHostAddressesAsync(host, wanted, cancellation).ConfigureAwait(false);
        return addresses.Length > 0 ? addresses[0] : throw new SocketException((int)SocketError.NoData);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A defect in an event loop; its other work goes on")]
    private partial void LogSurprise(Exception error);
}
