using System.Net;
using System.Net.Sockets;
using Kdoctor.Core.Planning;

namespace Kdoctor.Probing.Load;

/// <summary>Names as the machine's own resolver has them.</summary>
public static class SystemResolver
{
    /// <summary>A name's addresses, in the order in which an application without a preference would use them.</summary>
    /// <inheritdoc cref="ResolveName"/>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, IpFamily? family, CancellationToken cancellationToken)
    {
        var wanted = family switch
        {
            IpFamily.IPv4 => AddressFamily.InterNetwork,
            IpFamily.IPv6 => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        var addresses = await System.Net.Dns.GetHostAddressesAsync(host, wanted, cancellationToken).ConfigureAwait(false);
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
    }
}
