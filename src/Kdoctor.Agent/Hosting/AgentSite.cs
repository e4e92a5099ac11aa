using System.Net;
using System.Runtime.CompilerServices;
using Kdoctor.Agent.Echo;
using Kdoctor.Agent.Usage;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Hosting;

/// <summary>What the agents of one process share: a loop for probes, one for echoes, the measurement of the process, the clock and the logs.</summary>
public sealed partial class AgentSite : IAsyncDisposable
{
    private const int WarmUpTargets = 10;
    private const double WarmUpRate = 100;
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(500);

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
        Runner = new LoadRunner(Probing, SystemResolver.ResolveAsync, seeds);
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

    /// <summary>
    /// Probes an echo of its own for half a second, so that the just-in-time compiler has seen the code of both before a round measures
    /// anything: its work at a round's start made requests late. What was compiled ahead of time needs none of it.
    /// </summary>
    public async Task WarmUpAsync(CancellationToken cancellation)
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled)
            return;
        const string Nobody = "warm-up";
        var echo = EchoServer.Start(new EchoOptions { AgentId = Nobody, ServerName = Nobody, Listen = [new IPEndPoint(IPAddress.Loopback, 0)] }, Echoing);
        await using var echoEnds = echo.ConfigureAwait(false);
        var request = new HttpRequestPlan { Method = "GET", RequestTarget = "/", HostHeader = Nobody, Echo = true };
        var probe = new HttpProbePlan { Host = IPAddress.Loopback.ToString(), Port = echo.EndPoints[0].Port, Request = request, ExpectedAgentIds = [Nobody] };
        var run = Runner.Start(new LoadAssignment
        {
            Load = new LoadPlan(WarmUpRate, WarmUpTime, WarmUpTime),
            Targets = [.. Enumerable.Range(0, WarmUpTargets).Select(index => new LoadTarget(index, probe))],
        });
        await run.Completion.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Stops the loops; every agent of the site must have been disposed of.</summary>
    public async ValueTask DisposeAsync()
    {
        await Probing.DisposeAsync().ConfigureAwait(false);
        await Echoing.DisposeAsync().ConfigureAwait(false);
        Usage.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A defect in an event loop; its other work goes on")]
    private partial void LogSurprise(Exception error);
}
