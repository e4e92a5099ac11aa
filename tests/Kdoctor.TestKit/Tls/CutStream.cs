using System.Net.Sockets;

namespace Kdoctor.TestKit.Tls;

/// <summary>Lets through so many bytes of what is written, then ends the connection, by a reset or by a plain close.</summary>
public sealed class CutStream(Socket socket, int bytes, bool reset) : NetworkStream(socket, ownsSocket: false)
{
    private int left = bytes;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var part = Math.Min(left, buffer.Length);
        if (part > 0)
            await base.WriteAsync(buffer[..part], cancellationToken);
        left -= part;
        if (left > 0)
            return;
        if (reset)
            Socket.LingerState = new LingerOption(true, 0);
        Socket.Close();
        throw new IOException("cut");
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
