using System.Net;
using System.Net.Sockets;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Planning;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// The addresses of the connected agents, worked out anew only when one has come or gone: connections ask at every turn. Agents come at the same time on
/// threads of their own, so what was worked out while one more came counts only until it is asked for again.
/// </summary>
internal sealed class LabBackends
{
    private readonly IConnectedAgents agents;
    private int changes;
    private volatile Known known = new(-1, []);

    public LabBackends(IConnectedAgents agents)
    {
        this.agents = agents;
        agents.Changed += () => Interlocked.Increment(ref changes);
    }

    /// <summary>Those of a family.</summary>
    public IPEndPoint[] Of(AddressFamily family)
    {
        var seen = Volatile.Read(ref changes);
        var current = known;
        if (current.Changes != seen)
            known = current = new Known(seen, Read());
        return [.. current.Addresses.Where(address => address.AddressFamily == family)];
    }

    private IPEndPoint[] Read() => [.. agents.Connected
        .SelectMany(agent => agent.Addresses)
        .Where(address => address.Network == EchoAddress.PrimaryNetwork)
        .Select(address => new IPEndPoint(IPAddress.Parse(address.Ip), address.Port))];

    /// <summary>What was found after so many changes.</summary>
    private sealed record Known(int Changes, IPEndPoint[] Addresses);
}
