using System.Buffers.Binary;
using System.Net.Sockets;
using Kdoctor.Probing.Http2;
using Kdoctor.TestKit.Tls;

namespace Kdoctor.TestKit.Http2;

/// <summary>One HTTP/2 connection seen from a scripted server: it greets, reads frames, and says whatever the script wants.</summary>
public sealed class RudeHttp2Peer
{
    /// <summary>A header block that says status 200 and nothing else (static index 8).</summary>
    public static readonly byte[] Ok = [0x88];

    private readonly NetworkStream stream;
    private readonly CancellationToken ended;

    private RudeHttp2Peer(NetworkStream stream, CancellationToken ended) => (this.stream, this.ended) = (stream, ended);

    /// <summary>The preface's magic is read first and, unless told otherwise, answered with empty SETTINGS; afterwards the connection is read to its end.</summary>
    public static ScriptedPeer Listen(Func<RudeHttp2Peer, Task> script, bool greets = true) => new(async (socket, ended) =>
    {
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(new byte[24], ended);
        var peer = new RudeHttp2Peer(stream, ended);
        if (greets)
            await peer.SendAsync(FrameType.Settings, FrameFlags.None, 0);
        await script(peer);
        var rest = new byte[4096];
        while (await stream.ReadAsync(rest, ended) > 0)
        {
        }
    });

    /// <summary>Ends the connection by a plain close.</summary>
    public void Close() => stream.Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection by a reset.</summary>
    public void Reset()
    {
        stream.Socket.LingerState = new LingerOption(true, 0);
        stream.Socket.Close();
    }

    internal async Task SendAsync(FrameType type, FrameFlags flags, int streamId, params byte[] payload)
    {
        var frame = new byte[FrameHeader.Bytes + payload.Length];
        new FrameHeader(payload.Length, type, flags, streamId).Write(frame);
        payload.CopyTo(frame, FrameHeader.Bytes);
        await stream.WriteAsync(frame, ended);
    }

    public async Task SendRawAsync(byte[] bytes) => await stream.WriteAsync(bytes, ended);

    /// <summary>Reads on to the next HEADERS and answers its stream.</summary>
    public async Task<int> ReadRequestAsync() => (await ReadAsync(FrameType.Headers)).Header.StreamId;

    /// <summary>Reads on to the next frame of a kind.</summary>
    internal async Task<(FrameHeader Header, byte[] Payload)> ReadAsync(FrameType type)
    {
        while (true)
        {
            var bytes = new byte[FrameHeader.Bytes];
            await stream.ReadExactlyAsync(bytes, ended);
            var header = FrameHeader.Read(bytes);
            var payload = new byte[header.Length];
            await stream.ReadExactlyAsync(payload, ended);
            if (header.Type == type && !(type == FrameType.Settings && header.Has(FrameFlags.Acknowledged)))
                return (header, payload);
        }
    }

    public static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
