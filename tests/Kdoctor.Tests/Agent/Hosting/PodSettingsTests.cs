using System.Net;
using Kdoctor.Agent.Hosting;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.Tests.Agent.Hosting;

public sealed class PodSettingsTests
{
    private readonly Dictionary<string, string> environment = new(StringComparer.Ordinal)
    {
        ["POD_UID"] = "0a1b",
        ["POD_NAME"] = "kdoctor-agent-x",
        ["NODE_NAME"] = "node1",
        ["POD_NAMESPACE"] = "kdoctor",
        ["POD_IPS"] = "10.244.1.5,fd00:244:1::5",
        ["KDOCTOR_CONTROLLER_SERVICE_HOST"] = "10.96.7.7",
    };

    [Fact]
    public void An_agent_in_a_pod_is_that_pod_and_dials_the_service_then_its_name()
    {
        var options = Read();
        Assert.Empty(options.Problems());
        Assert.Equal(("0a1b", "kdoctor-agent-x", "node1"), (options.AgentId, options.Name, options.NodeName));
        Assert.Equal([new Uri("https://10.96.7.7:3000")], options.Controllers);
        Assert.Equal([new Uri("https://kdoctor-controller.kdoctor.svc:3000")], options.LastControllers);
        Assert.Equal("kdoctor-controller.kdoctor.svc", options.ServerName);
        Assert.Equal((ClusterNames.TokenFile, ClusterNames.AuthorityFile), (options.TokenFile, options.AuthorityFile));
    }

    [Fact]
    public void Its_echo_listens_on_every_address_of_both_families_and_tells_the_pods_own()
    {
        Assert.Equal(
            [
                new EchoBinding("pod", new IPEndPoint(IPAddress.Any, 8080), IPAddress.Parse("10.244.1.5")),
                new EchoBinding("pod", new IPEndPoint(IPAddress.IPv6Any, 8080), IPAddress.Parse("fd00:244:1::5")),
            ],
            Read().Echo);
    }

    [Fact]
    public void Its_template_may_name_other_ports()
    {
        Assert.Equal(5710, Read().HealthPort);
        environment["KDOCTOR_LISTEN_ECHO"] = "28010";
        environment["KDOCTOR_LISTEN_HEALTH"] = "28011";
        Assert.Equal(28011, Read().HealthPort);
        Assert.All(Read().Echo, binding => Assert.Equal(28010, binding.Listen.Port));
    }

    [Fact]
    public void A_service_address_of_IPv6_is_dialled_as_one()
    {
        environment["KDOCTOR_CONTROLLER_SERVICE_HOST"] = "fd00:96::7";
        Assert.Equal([new Uri("https://[fd00:96::7]:3000")], Read().Controllers);
    }

    /// <summary>The message goes to the pod's log, and a variable may have come from a Secret.</summary>
    /// <remarks>Seen red: the message repeats the value of KDOCTOR_STOP_SECONDS.</remarks>
    [Fact]
    public void Everything_that_the_template_lacks_is_told_at_once_and_no_value_is_repeated()
    {
        environment.Remove("POD_NAME");
        environment.Remove("NODE_NAME");
        environment["POD_IPS"] = "10.244.1.5,hunter2";
        environment["KDOCTOR_STOP_SECONDS"] = "hunter2";
        environment["KDOCTOR_LISTEN_ECHO"] = "hunter2";
        environment["KDOCTOR_LISTEN_HEALTH"] = "80";
        var problems = Assert.Throws<ArgumentException>(Read).Message;
        foreach (var word in new[] { "POD_NAME", "NODE_NAME", "POD_IPS", "KDOCTOR_STOP_SECONDS", "KDOCTOR_LISTEN_ECHO", "KDOCTOR_LISTEN_HEALTH is no port from 1024" })
            Assert.Contains(word, problems, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_pods_uid_there_is_no_pod()
    {
        Assert.True(PodSettings.ArePresent(environment.GetValueOrDefault));
        environment.Remove("POD_UID");
        Assert.False(PodSettings.ArePresent(environment.GetValueOrDefault));
    }

    private AgentOptions Read() => PodSettings.Read(environment.GetValueOrDefault);
}
