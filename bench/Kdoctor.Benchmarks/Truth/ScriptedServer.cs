using System.Net;
using System.Net.Sockets;
using Kdoctor.Core.Results;

namespace Kdoctor.Benchmarks.Truth;

/// <summary>What a scripted server does with a request.</summary>
/// <param name="Delay">How long the answer is held back.</param>
/// <param name="Drops">Whether the connection is closed without an answer.</param>
internal readonly record struct Deed(TimeSpan Delay, bool Drops);

/// <summary>A server on a real socket that does with each request what a script says, and keeps count of what it really did.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<int, TimeSpan, Deed> script;
    private readonly TimeProvider time;
    private readonly Lock gate = new();

    /// <param name="script">The deed for the n-th request (from 0) that comes so long after the server's start.</param>
    /// <param name="time">The clock.</param>
    public ScriptedServer(Func<int, TimeSpan, Deed> script, TimeProvider time)
    {
        (this.script, this.time) = (script, time);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(4096);
        _ = AcceptAsync(time.GetTimestamp());
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public int Taken { get; private set; }

    public int Dropped { get; private set; }

    /// <summary>Nanoseconds from the acceptance of a connection to its answer.</summary>
    public LatencyHistogram Held { get; } = new();

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync(long began)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var client = await listener.AcceptAsync().ConfigureAwait(false);
                var accepted = time.GetTimestamp();
                Taken = number + 1;
                _ = ServeAsync(client, accepted, script(number, time.GetElapsedTime(began, accepted)));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task ServeAsync(Socket client, long accepted, Deed deed)
    {
        using (client)
        {
            await client.ReceiveAsync(new byte[4096]).ConfigureAwait(false);
            if (deed.Delay > TimeSpan.Zero)
                await Task.Delay(deed.Delay, time).ConfigureAwait(false);
            if (!deed.Drops)
                await client.SendAsync(Answer).ConfigureAwait(false);
            lock (gate)
            {
                if (deed.Drops)
                    Dropped++;
                else
                    Held.Record((long)time.GetElapsedTime(accepted).TotalNanoseconds);
            }
            client.Shutdown(SocketShutdown.Both);
        }
    }
}
