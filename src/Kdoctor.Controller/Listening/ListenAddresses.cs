using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Kdoctor.Controller.Listening;

/// <summary>The addresses at which a listener can be reached.</summary>
public static class ListenAddresses
{
    /// <summary>Whether it stands for every address of the machine.</summary>
    public static bool IsUnspecified(IPAddress listen) => IPAddress.Any.Equals(listen) || IPAddress.IPv6Any.Equals(listen);

    /// <summary>The address itself, or for an unspecified one every address that the machine has now, link-local ones apart; loopback addresses last.</summary>
    public static IEnumerable<IPAddress> Of(IPAddress listen) => !IsUnspecified(listen)
        ? [listen]
        : NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork || listen.Equals(IPAddress.IPv6Any))
            .OrderBy(IPAddress.IsLoopback)
            .Distinct();
}
