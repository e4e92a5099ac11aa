using System.Net.Security;
using System.Net.Sockets;
using Grpc.Core;
using Kdoctor.Core.Protocol;
using Xunit;

namespace Kdoctor.Tests.Controller.Sessions;

/// <summary>The agents' port under those who mean no good: agents that behave are served all the while.</summary>
public sealed class HostilePortTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Garbage_half_requests_and_idle_connections_harm_nobody()
    {
        await using var rig = await StreamRig.StartAsync();
        var random = new Random(20302);
        var strangers = new List<TcpClient>();
        for (var stranger = 0; stranger < 300; stranger++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(rig.Address.Host, rig.Address.Port, Cancellation);
            strangers.Add(client);
            if (stranger % 3 == 0)
                continue;
            var garbage = new byte[random.Next(1, 600)];
            random.NextBytes(garbage);
            if (stranger % 3 == 1)
                garbage[0] = 0x16;
            await client.GetStream().WriteAsync(garbage, Cancellation);
        }
        await AssertServedAsync(rig);
        strangers.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Garbage_inside_TLS_and_inside_gRPC_harms_nobody()
    {
        await using var rig = await StreamRig.StartAsync();
        var random = new Random(20303);
        for (var run = 0; run < 20; run++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(rig.Address.Host, rig.Address.Port, Cancellation);
#pragma warning disable CA5359 // A stranger asks for nothing that it could believe.
            await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = rig.Address.Host, ApplicationProtocols = [SslApplicationProtocol.Http2] }, Cancellation);
            var garbage = new byte[random.Next(1, 2000)];
            random.NextBytes(garbage);
            if (run % 2 == 0)
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray().CopyTo(garbage.Length > 24 ? garbage : garbage = new byte[24], 0);
            await tls.WriteAsync(garbage, Cancellation);
        }
        await AssertServedAsync(rig);
    }

    [Fact]
    public async Task Messages_out_of_place_end_their_own_stream_only()
    {
        await using var rig = await StreamRig.StartAsync();
        AgentMessage[] strange =
        [
            new(), new() { Progress = new ProgressMessage { RoundId = "\0", Planned = -1, Sent = long.MaxValue } },
            new() { Shard = new ShardPart { RoundId = new string('x', 100_000), Part = -7, Parts = int.MaxValue } },
            new() { Shard = new ShardPart { RoundId = "nobody/1", Parts = 1 } },
            new() { Refused = new RoundRefused { RoundId = "nobody/1", Reason = new string('\n', 10_000) } },
            StreamRig.Hello("again"),
        ];
        foreach (var message in strange)
        {
            var (channel, call) = rig.Dial();
            using (channel)
            {
                await call.RequestStream.WriteAsync(StreamRig.Hello("strange"), Cancellation);
                Assert.True(await call.ResponseStream.MoveNext(Cancellation));
                await call.RequestStream.WriteAsync(message, Cancellation);
                await call.RequestStream.CompleteAsync();
                try
                {
                    while (await call.ResponseStream.MoveNext(Cancellation))
                    {
                    }
                }
                catch (RpcException)
                {
                    // The stream's end, whatever it says.
                }
            }
        }
        await AssertServedAsync(rig);
    }

    private static async Task AssertServedAsync(StreamRig rig)
    {
        var (channel, call) = rig.Dial();
        using (channel)
        {
            await call.RequestStream.WriteAsync(StreamRig.Hello("well-behaved"), Cancellation);
            Assert.True(await call.ResponseStream.MoveNext(Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
            Assert.NotNull(call.ResponseStream.Current.Welcome);
        }
    }
}
