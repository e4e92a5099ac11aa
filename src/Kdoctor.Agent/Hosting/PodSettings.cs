using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Planning;

namespace Kdoctor.Agent.Hosting;

/// <summary>
/// An agent's settings in a pod, from the environment that its template gives it. The controller's address comes from the variable that
/// Kubernetes sets for the controller's Service, which needs no DNS; its name is the last resort, after the addresses that the controller told.
/// </summary>
internal static class PodSettings
{
    private const int DefaultStopSeconds = 25;

    /// <summary>Whether this process runs in a pod that was made for an agent.</summary>
    public static bool ArePresent(Func<string, string?> environment) => environment(AgentVariables.PodUid) is { Length: > 0 };

    /// <summary>Reads them.</summary>
    /// <exception cref="ArgumentException">Variables are missing or wrong; the message names all of them. Their values are left out: a pod may have them from a Secret, and the message is logged.</exception>
    public static AgentOptions Read(Func<string, string?> environment)
    {
        var problems = new List<string>();
        string Needed(string name)
        {
            if (environment(name) is { Length: > 0 } value)
                return value;
            problems.Add($"the variable {name} is missing: the pod's template must set it");
            return "";
        }

        int Port(string name, int usual)
        {
            if (environment(name) is not { Length: > 0 } text)
                return usual;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1024 or > 65535)
                problems.Add($"the variable {name} is no port from 1024 to 65535");
            return port;
        }

        var (uid, name, node, ns) = (Needed(AgentVariables.PodUid), Needed(AgentVariables.PodName), Needed(AgentVariables.NodeName), Needed(AgentVariables.PodNamespace));
        var addresses = Addresses(Needed(AgentVariables.PodIps), problems);
        var stop = Seconds(environment(AgentVariables.StopSeconds), problems);
        var ports = new AgentPorts(Port(AgentVariables.EchoPort, AgentPorts.Usual.Echo), Port(AgentVariables.HealthPort, AgentPorts.Usual.Health));
        if (problems.Count > 0)
            throw new ArgumentException(string.Join("; ", problems));
        var service = $"{ClusterNames.Controller}.{ns}.svc";
        var named = Address(service);
        return new AgentOptions
        {
            AgentId = uid,
            Name = name,
            NodeName = node,
            Controllers = environment(AgentVariables.ControllerHost) is { Length: > 0 } host ? [Address(host)] : [named],
            LastControllers = [named],
            ServerName = service,
            TokenFile = ClusterNames.TokenFile,
            AuthorityFile = ClusterNames.AuthorityFile,
            Echo = Bindings(addresses, ports.Echo),
            HealthPort = ports.Health,
            StopWithin = TimeSpan.FromSeconds(stop),
        };
    }

    // Every interface, also those that a further network adds after the start; peers are told the pod's own addresses.
    private static ImmutableArray<EchoBinding> Bindings(IReadOnlyCollection<IPAddress> addresses, int port)
    {
        var bindings = ImmutableArray.CreateBuilder<EchoBinding>();
        foreach (var (any, family, supported) in new[]
        {
            (IPAddress.Any, AddressFamily.InterNetwork, Socket.OSSupportsIPv4), (IPAddress.IPv6Any, AddressFamily.InterNetworkV6, Socket.OSSupportsIPv6),
        })
        {
            if (supported)
                bindings.Add(new EchoBinding(EchoAddress.PrimaryNetwork, new IPEndPoint(any, port), addresses.FirstOrDefault(address => address.AddressFamily == family)));
        }
        return bindings.ToImmutable();
    }

    private static List<IPAddress> Addresses(string text, List<string> problems)
    {
        var addresses = new List<IPAddress>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPAddress.TryParse(part, out var address))
                addresses.Add(address);
            else
                problems.Add($"the variable {AgentVariables.PodIps} holds something that is no address");
        }
        return addresses;
    }

    private static int Seconds(string? text, List<string> problems)
    {
        if (string.IsNullOrEmpty(text))
            return DefaultStopSeconds;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 3600)
            return seconds;
        problems.Add($"the variable {AgentVariables.StopSeconds} is no number of seconds from 0 to 3600, below the pod's terminationGracePeriodSeconds");
        return 0;
    }

    private static Uri Address(string host) =>
        new(string.Create(CultureInfo.InvariantCulture, $"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{ClusterPorts.ControllerAgents}"));
}
