using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kdoctor.TestKit.Rude;

/// <summary>One connection in the hands of a script; it is closed when the script ends.</summary>
public sealed class RudeConnection : IDisposable
{
    private readonly Socket socket;
    private readonly CancellationToken stopping;
    private readonly StringBuilder unread = new();

    internal RudeConnection(Socket socket, int number, CancellationToken stopping)
    {
        this.socket = socket;
        this.stopping = stopping;
        Number = number;
        socket.NoDelay = true;
    }

    /// <summary>1 for the server's first connection.</summary>
    public int Number { get; }

    /// <summary>The address that the client came from.</summary>
    public string ClientAddress => ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString();

    /// <summary>The nonce of the request last read; empty when it had none.</summary>
    public string Nonce { get; private set; } = "";

    /// <summary>Reads one request without a body and answers its head; empty at the client's end.</summary>
    public async Task<string> ReadRequestAsync()
    {
        var buffer = new byte[4096];
        int end;
        while ((end = unread.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            var count = await socket.ReceiveAsync(buffer, stopping);
            if (count == 0)
                return "";
            unread.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        var head = unread.ToString(0, end);
        unread.Remove(0, end + 4);
        const string field = "Kdoctor-Nonce: ";
        var at = head.IndexOf(field, StringComparison.Ordinal);
        Nonce = at < 0 ? "" : head.Substring(at + field.Length, 16);
        return head;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, stopping)..];
    }

    /// <summary>Ends the connection with a reset (SO_LINGER of 0).</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>Ends the own side; the client's is still open.</summary>
    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads nothing and sends nothing until the server ends.</summary>
    public Task HangAsync() => new TaskCompletionSource().Task.WaitAsync(stopping);

    /// <summary>Does nothing until the client closes or the server ends.</summary>
    public async Task StayAsync()
    {
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, stopping) > 0)
        {
        }
    }

    public void Dispose() => socket.Dispose();
}
