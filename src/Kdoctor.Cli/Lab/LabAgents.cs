using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Agent.Hosting;
using Kdoctor.Core.Planning;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Cli.Lab;

/// <summary>How the lab's agents reach its controller.</summary>
/// <param name="Address">The agents' port.</param>
/// <param name="JoinToken">What lets them in.</param>
/// <param name="Authority">Who signed the port's certificate.</param>
internal sealed record LabControl(Uri Address, string JoinToken, X509Certificate2 Authority);

/// <summary>The lab's own agents: each on addresses of its own, all on the loops of one site.</summary>
internal sealed class LabAgents : IAsyncDisposable
{
    private readonly AgentSite site;
    private readonly List<AgentHost> hosts = [];

    private LabAgents(AgentSite site) => this.site = site;

    /// <summary>The agents as planning sees them.</summary>
    public ImmutableArray<AgentInfo> Info { get; private set; } = [];

    /// <summary>Starts the agents; returns once the controller has welcomed them all.</summary>
    public static async Task<LabAgents> StartAsync(
        int count, string installation, LabNetwork network, LabControl control, CliContext context, ILoggerFactory logs, CancellationToken cancellation)
    {
        var agents = new LabAgents(new AgentSite(context.Time, new Random(context.Chance.Next()), logs, Math.Max(1, count)));
        try
        {
            await agents.site.WarmUpAsync(cancellation);
            for (var number = 1; number <= count; number++)
                agents.Add(number, installation, network, control, context);
            await Task.WhenAll(agents.hosts.Select(host => host.Welcomed)).WaitAsync(cancellation);
            return agents;
        }
        catch
        {
            await agents.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask()));
        await site.DisposeAsync();
    }

    private void Add(int number, string installation, LabNetwork network, LabControl control, CliContext context)
    {
        var addresses = new List<IPEndPoint> { new(network.AgentAddress(number), network.Port) };
        if (network.HasIPv6)
            addresses.Add(new(IPAddress.IPv6Loopback, 0));
        var host = AgentHost.Start(
            new AgentOptions
            {
                AgentId = LabNames.AgentId(installation, number),
                Name = LabNames.Agent(number),
                NodeName = LabNames.Node(number),
                Controllers = [control.Address],
                JoinToken = control.JoinToken,
                Authority = control.Authority,
                Echo = [.. addresses.Select(address => new EchoBinding(EchoAddress.PrimaryNetwork, address))],
                SendFromOwnAddress = true,
            },
            site,
            new Random(context.Chance.Next()));
        hosts.Add(host);
        Info = Info.Add(new AgentInfo(host.AgentId, LabNames.Agent(number), LabNames.Node(number), true, host.Addresses));
    }
}
