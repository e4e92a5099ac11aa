using System.Net;
using System.Security.Cryptography;
using Kdoctor.Agent.Health;
using Kdoctor.Agent.Metrics;
using Kdoctor.Agent.Usage;

namespace Kdoctor.Agent.Hosting;

/// <summary>
/// A process that is one agent, from its start to its end:
/// 1. The kubelet is answered, where there is one: alive, not yet ready.
/// 2. The agent answers its peers and dials the controller: ready.
/// 3. It is told to stop: no longer ready; rounds end or are cut short, their results are handed in.
/// </summary>
internal static class AgentProcess
{
    private const int Succeeded = 0;
    private const int Wrong = 2;

    /// <summary>Runs until cancelled; the process's exit code.</summary>
    public static async Task<int> RunAsync(Func<AgentOptions> read, TextWriter error, TimeProvider time, Random random, CancellationToken cancellation)
    {
        try
        {
            var options = read();
            using var logs = new LineLoggers(error, time);
            var site = new AgentSite(time, new Random(random.Next()), logs, sharingAgents: 1);
            await using var siteEnds = site.ConfigureAwait(false);

            // 1. Alive.
            var health = options.HealthPort is { } port ? HealthServer.Start(options.AgentId, port, site.Echoing) : null;
            await using var healthEnds = (health ?? (IAsyncDisposable)new NothingToEnd()).ConfigureAwait(false);
            await site.WarmUpAsync(cancellation).ConfigureAwait(false);

            // 2. Ready.
            var agent = AgentHost.Start(options, site, random);
            await using var agentEnds = agent.ConfigureAwait(false);
            var usage = new OwnProcess();
            health?.Metrics = () => AgentScrape.Read(agent, usage);
            health?.Ready = true;
            await error.WriteLineAsync($"agent {agent.AgentId} answers on {string.Join(", ", agent.Addresses.Select(address => new IPEndPoint(IPAddress.Parse(address.Ip), address.Port)))}").ConfigureAwait(false);
            await TellWelcomeAsync(agent, error, cancellation).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // 3. No longer.
            health?.Ready = false;
            await agent.HandInAsync(options.StopWithin, CancellationToken.None).ConfigureAwait(false);
            return Succeeded;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Succeeded;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or FormatException or CryptographicException
            or System.Net.Sockets.SocketException)
        {
            await error.WriteLineAsync($"kdoctor agent: {refused.Message}").ConfigureAwait(false);
            return Wrong;
        }
    }

    // Until then the reasons why it is not welcome are in the log.
    private static async Task TellWelcomeAsync(AgentHost agent, TextWriter error, CancellationToken cancellation)
    {
        await agent.Welcomed.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (agent.Welcomed.IsCompletedSuccessfully)
            await error.WriteLineAsync($"agent {agent.AgentId} has joined").ConfigureAwait(false);
    }

    private sealed class NothingToEnd : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => default;
    }
}
