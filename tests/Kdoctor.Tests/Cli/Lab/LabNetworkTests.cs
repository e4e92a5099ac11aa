using Kdoctor.Cli.Lab;
using Xunit;

namespace Kdoctor.Tests.Cli.Lab;

public sealed class LabNetworkTests
{
    [Fact]
    public void Labs_side_by_side_share_no_address()
    {
        using var first = LabNetwork.Claim();
        using var second = LabNetwork.Claim();
        Assert.NotEqual(first.AgentAddress(1), second.AgentAddress(1));
        Assert.NotEqual(first.ClusterAddress, second.ClusterAddress);
    }

    [Fact]
    public void Every_address_of_a_lab_is_its_own()
    {
        using var network = LabNetwork.Claim();
        var addresses = Enumerable.Range(1, 250).SelectMany(n => new[] { network.AgentAddress(n), network.NodeAddress(n) })
            .Append(network.ClusterAddress).Append(network.LoadBalancerAddress).Append(network.IngressAddress).ToList();
        Assert.Equal(addresses.Count, addresses.Distinct().Count());
        Assert.All(addresses, address => Assert.Equal(127, address.GetAddressBytes()[0]));
    }
}
