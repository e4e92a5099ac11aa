using System.Net;
using System.Net.Sockets;
using Kdoctor.Cli.Lab;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Cli.Lab;

public sealed class TcpStandInTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Connections_go_to_the_backends_in_turn()
    {
        using var first = new Backend("first");
        using var second = new Backend("second");
        await using var standIn = Start(first.Address, second.Address);

        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
            answers.Add(await AskAsync(standIn.Address));

        Assert.Equal(["first", "first", "second", "second"], answers.Order(StringComparer.Ordinal));
        Assert.NotEqual(answers[0], answers[1]);
    }

    // Agents keep time: in turns each would meet the same backend at every request, and never another.
    [Fact]
    public async Task By_chance_a_caller_that_asks_at_every_other_turn_meets_every_backend()
    {
        using var first = new Backend("first");
        using var second = new Backend("second");
        await using var standIn = TcpStandIn.Start(AnyPort, () => [first.Address, second.Address], new Random(1), NullLogger.Instance);

        var answers = new List<string>();
        for (var i = 0; i < 40; i++)
            answers.Add(await AskAsync(standIn.Address));

        Assert.Equal(2, answers.Where((_, turn) => turn % 2 == 0).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Without_a_backend_a_connection_is_reset_at_once()
    {
        await using var standIn = Start();
        var refused = await Assert.ThrowsAsync<SocketException>(() => AskAsync(standIn.Address));
        Assert.Equal(SocketError.ConnectionReset, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_backend_that_refuses_becomes_a_reset_and_not_a_wait()
    {
        IPEndPoint closed;
        using (var backend = new Backend("gone"))
            closed = backend.Address;
        await using var standIn = Start(closed);
        var refused = await Assert.ThrowsAsync<SocketException>(() => AskAsync(standIn.Address));
        Assert.Equal(SocketError.ConnectionReset, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_client_that_half_closes_still_gets_its_answer()
    {
        using var backend = new Backend("whole");
        await using var standIn = Start(backend.Address);
        Assert.Equal("whole", await AskAsync(standIn.Address, halfClose: true));
    }

    private static TcpStandIn Start(params IPEndPoint[] backends) => TcpStandIn.Start(AnyPort, () => backends, null, NullLogger.Instance);

    private static async Task<string> AskAsync(IPEndPoint address, bool halfClose = false)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        if (halfClose)
            socket.Shutdown(SocketShutdown.Send);
        var buffer = new byte[64];
        var text = new System.Text.StringBuilder();
        int read;
        while ((read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken)) > 0)
            text.Append(System.Text.Encoding.ASCII.GetString(buffer, 0, read));
        return text.ToString();
    }

    /// <summary>Tells every connection its name and closes it.</summary>
    private sealed class Backend : IDisposable
    {
        private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public Backend(string name)
        {
            listener.Bind(AnyPort);
            listener.Listen();
            _ = AnswerAsync(System.Text.Encoding.ASCII.GetBytes(name));
        }

        public IPEndPoint Address => (IPEndPoint)listener.LocalEndPoint!;

        public void Dispose() => listener.Dispose();

        private async Task AnswerAsync(byte[] name)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptAsync();
                    await client.SendAsync(name);
                    client.Shutdown(SocketShutdown.Send);
                }
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
