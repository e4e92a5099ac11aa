using System.Net;
using System.Net.Sockets;
using System.Text;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>Strangers at every port of a lab: what they send or hold open harms nobody.</summary>
public sealed class HostileTests : IDisposable
{
    private const int IdleConnections = 1000;

    private static readonly byte[][] Rubbish =
    [
        Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: half"),
        Encoding.ASCII.GetBytes("\r\n\r\n\0\0\0 nonsense \u007f\r\n\r\n"),
        Encoding.ASCII.GetBytes("POST /kdoctoragent HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nshort"),
        Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        [0x16, 0x03, 0x01, 0x7f, 0xff, 0x01, 0x00, 0x00],
        [.. Enumerable.Range(0, 4096).Select(place => (byte)(place * 73))],
    ];

    private readonly string data = Directory.CreateTempSubdirectory("kdoctor-hostile-").FullName;
    private readonly List<Socket> held = [];

    public void Dispose()
    {
        held.ForEach(socket => socket.Dispose());
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Garbage_half_requests_and_a_thousand_idle_connections_on_every_port_harm_nobody()
    {
        Assert.SkipUnless(Kubectl.Exists("kubectl"), "kubectl is not installed");
        await using var lab = await RunningLab.StartAsync(data);
        using var kubectl = lab.Kubectl("kubectl");
        var ports = ListeningPorts.Of(lab.Process.Id);
        // The API, the agents' port, three echoes, three node ports, cluster IP, load balancer and ingress, most in both families.
        Assert.True(ports.Count >= 11, $"the lab listens on {string.Join(", ", ports)}");
        Assert.All(ports, port => Assert.True(IPAddress.IsLoopback(port.Address), $"{port} is not a loopback address"));

        foreach (var port in ports)
        {
            foreach (var rubbish in Rubbish)
                await SendAsync(port, rubbish);
        }
        for (var i = 0; i < IdleConnections; i++)
            await SendAsync(ports[i % ports.Count], []);

        await kubectl.RunWithInputAsync("""
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: unharmed}
            spec:
              request: {durationInSecond: 2, qps: 5, perRequestTimeoutInMS: 1500}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {loadBalancer: true, ingress: true, ipv6: true}
            """, "apply", "-f", "-");
        await RunningLab.FinishedAsync(kubectl, "netreach", "unharmed");
        var report = await RunningLab.ReportAsync(kubectl, "unharmed");
        Assert.Equal("succeed", report.Report.LatestRound!.Status);
        Assert.Equal(3 * 18 * 10, report.Report.LatestRound.Requests!.Succeeded);
    }

    private async Task SendAsync(IPEndPoint port, byte[] bytes)
    {
        var socket = new Socket(port.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        held.Add(socket);
        await socket.ConnectAsync(port, TestContext.Current.CancellationToken);
        if (bytes.Length > 0)
            await socket.SendAsync(bytes, TestContext.Current.CancellationToken);
    }
}
