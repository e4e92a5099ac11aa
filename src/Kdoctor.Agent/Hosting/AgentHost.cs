using System.Collections.Immutable;
using System.Reflection;
using Kdoctor.Agent.Dialling;
using Kdoctor.Agent.Echo;
using Kdoctor.Agent.Rounds;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Hosting;

/// <summary>One agent: it answers its peers, keeps a stream to the controller, and probes what it is told to.</summary>
public sealed class AgentHost : IAsyncDisposable
{
    // A controller that does not answer now is one that will miss this agent for a while.
    private static readonly TimeSpan GoodbyeTakes = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly EchoServer echo;
    private readonly AgentRounds rounds;
    private readonly AuthorityTrust trust;
    private readonly ControllerDialler dialler;
    private readonly Task dialling;
    private readonly TimeProvider time;

    private AgentHost(AgentOptions options, AgentSite site, Random random, EchoServer echo)
    {
        this.echo = echo;
        AgentId = options.AgentId;
        time = site.Time;

        // An unspecified address without another to tell is one of a family that peers cannot use here.
        Addresses = [.. options.Echo.Zip(echo.EndPoints, (binding, bound) => (binding.Network, Ip: binding.Advertise ?? bound.Address, bound.Port))
            .Where(address => !address.Ip.Equals(System.Net.IPAddress.Any) && !address.Ip.Equals(System.Net.IPAddress.IPv6Any))
            .Select(address => new EchoAddress(address.Network, address.Ip.ToString(), address.Port))];
        ImmutableArray<System.Net.IPAddress> sources = options.SendFromOwnAddress
            ? [.. options.Echo.Where(binding => binding.Network == EchoAddress.PrimaryNetwork).Select(binding => binding.Listen.Address)]
            : [];
        rounds = new AgentRounds(options.AgentId, site, new AssignmentReader(sources), site.Logs.CreateLogger<AgentRounds>());
        trust = new AuthorityTrust(options.Authority, options.AuthorityPin, options.AuthorityFile);
        dialler = new ControllerDialler(options, HelloOf(options, random), rounds, trust, random, site.Time, site.Logs.CreateLogger<ControllerDialler>());
        dialling = dialler.RunAsync(stopping.Token);
    }

    /// <summary>Its identity.</summary>
    public string AgentId { get; }

    /// <summary>Where its echo answers.</summary>
    public ImmutableArray<EchoAddress> Addresses { get; }

    /// <summary>Completes when a controller first welcomed it.</summary>
    public Task Welcomed => dialler.Welcomed;

    /// <summary>What its echo has done so far.</summary>
    public EchoCounts EchoCounts => echo.Counts;

    /// <summary>Shards that had to be given up because the controller was away too long.</summary>
    public long DroppedShards => rounds.Shelf.Dropped;

    /// <summary>Results that no controller has acknowledged yet.</summary>
    internal int KeptShards => rounds.Shelf.Kept.Count;

    /// <summary>What it has asked of others so far.</summary>
    internal RequestCounts RequestCounts => rounds.Counts;

    /// <summary>Whether its stream to a controller is open.</summary>
    internal bool IsConnected => dialler.IsConnected;

    /// <summary>Starts an agent; its echo answers when this returns, and the controller is dialled.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="site">What it shares with the other agents of the process.</param>
    /// <param name="random">For the jitter of its redialling; used by this agent alone.</param>
    /// <exception cref="ArgumentException">Options are wrong; the message names every problem.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">An address or port of the echo cannot be had.</exception>
    public static AgentHost Start(AgentOptions options, AgentSite site, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(site);
        if (string.Join("; ", options.Problems()) is { Length: > 0 } problems)
            throw new ArgumentException(problems);
        var echo = EchoServer.Start(
            new EchoOptions
            {
                AgentId = options.AgentId,
                ServerName = options.Name,
                Listen = [.. options.Echo.Select(binding => binding.Listen)],
            },
            site.Echoing);
        return new AgentHost(options, site, random, echo);
    }

    /// <summary>Takes no further round, lets those that run end, and hands in their results, all within a time; the echo answers on.</summary>
    public Task HandInAsync(TimeSpan within, CancellationToken cancellation) => HandIn.RunAsync(rounds, within, time, cancellation);

    /// <summary>Stops it: rounds are cut short, the controller is told goodbye, the stream is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        rounds.CancelAll("the agent stops");
        if (dialler.Leave())
            await dialling.WaitAsync(GoodbyeTakes, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stopping.CancelAsync().ConfigureAwait(false);
        await dialling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await echo.DisposeAsync().ConfigureAwait(false);
        trust.Dispose();
        stopping.Dispose();
    }

    private Hello HelloOf(AgentOptions options, Random random)
    {
        var hello = new Hello
        {
            AgentId = options.AgentId,
            AgentName = options.Name,
            NodeName = options.NodeName,
            Instance = random.NextInt64().ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
            Version = typeof(AgentHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        };
        hello.Addresses.AddRange(Addresses.Select(address => new AgentAddress { Network = address.Network, Ip = address.Ip, EchoPort = address.Port }));
        return hello;
    }
}
