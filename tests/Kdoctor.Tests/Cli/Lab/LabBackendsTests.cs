using System.Net.Sockets;
using Kdoctor.Cli.Lab;
using Kdoctor.Tests.Controller.Reconciling;
using Xunit;

namespace Kdoctor.Tests.Cli.Lab;

public sealed class LabBackendsTests
{
    /// <summary>Against the defect: what was worked out of an older list overwrites that of a newer one, and the lab's services lead to one agent of three until the next comes or goes.</summary>
    [Fact]
    public void An_agent_that_comes_while_the_others_are_looked_at_is_led_to()
    {
        var agents = new ConnectedStreams();
        var backends = new LabBackends(agents);
        agents.Set(1);
        agents.WhileLookedAt = () => agents.Set(1, 2);
        Assert.Single(backends.Of(AddressFamily.InterNetwork));
        Assert.Equal(["10.10.0.2", "10.10.0.3"], backends.Of(AddressFamily.InterNetwork).Select(address => address.Address.ToString()));
        agents.Set(1, 2, 3);
        Assert.Equal(3, backends.Of(AddressFamily.InterNetwork).Length);
        Assert.Empty(backends.Of(AddressFamily.InterNetworkV6));
    }
}
