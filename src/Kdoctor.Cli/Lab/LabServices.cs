using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Planning;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// The lab's stand-ins for what a cluster puts before its agents: a cluster address, a node port on every node, a load balancer and an ingress, each over
/// IPv4 and, where the machine has it, IPv6. All lead to the agents that are connected.
/// </summary>
internal sealed class LabServices : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> listeners = [];
    private readonly Random random;
    private readonly ILogger logger;

    private LabServices(Random random, ILogger logger) => (this.random, this.logger) = (random, logger);

    /// <summary>The service as planning sees it.</summary>
    public ServiceInfo Service { get; private set; } = new([], []);

    /// <summary>The nodes with their ports.</summary>
    public ImmutableArray<NodeInfo> Nodes { get; private set; } = [];

    /// <summary>The ingress.</summary>
    public IngressInfo Ingress { get; private set; } = new([], IngressStandIn.Path, null);

    public static async Task<LabServices> StartAsync(LabNetwork network, int nodes, IConnectedAgents agents, Random random, ILoggerFactory logs, CancellationToken cancellation)
    {
        var services = new LabServices(random, logs.CreateLogger<LabServices>());
        try
        {
            var backends = new LabBackends(agents);
            services.Service = new ServiceInfo(
                services.Listen(network, network.ClusterAddress, backends), services.Listen(network, network.LoadBalancerAddress, backends));
            services.Nodes = [.. Enumerable.Range(1, nodes).Select(number => new NodeInfo(LabNames.Node(number), services.Listen(network, network.NodeAddress(number), backends)) { Labels = LabNames.LabelsOf(number) })];
            var ingress = await IngressStandIn.StartAsync(EndPoints(network, network.IngressAddress), () => backends.Of(AddressFamily.InterNetwork), logs, cancellation);
            services.listeners.Add(ingress);
            services.Ingress = services.Ingress with { Addresses = [.. ingress.Addresses.Select(address => ServiceAddressOf(address, spreads: false))] };
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in listeners)
            await listener.DisposeAsync();
    }

    private ImmutableArray<ServiceAddress> Listen(LabNetwork network, IPAddress address, LabBackends backends) => [.. EndPoints(network, address).Select(endPoint =>
    {
        var standIn = TcpStandIn.Start(endPoint, () => backends.Of(endPoint.AddressFamily), new Random(random.Next()), logger);
        listeners.Add(standIn);
        return ServiceAddressOf(standIn.Address, spreads: true);
    })];

    private static IReadOnlyList<IPEndPoint> EndPoints(LabNetwork network, IPAddress address) => network.HasIPv6
        ? [new IPEndPoint(address, network.Port), new IPEndPoint(IPAddress.IPv6Loopback, 0)]
        : [new IPEndPoint(address, network.Port)];

    private static ServiceAddress ServiceAddressOf(IPEndPoint endPoint, bool spreads) => new(
        endPoint.AddressFamily == AddressFamily.InterNetwork ? IpFamily.IPv4 : IpFamily.IPv6, endPoint.Address.ToString(), endPoint.Port, spreads);
}
