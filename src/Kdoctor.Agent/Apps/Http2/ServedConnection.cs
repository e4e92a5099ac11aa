using System.Buffers.Binary;
using System.Threading.Channels;
using Kdoctor.Probing.Http2;

namespace Kdoctor.Agent.Apps.Http2;

/// <summary>
/// A server's side of one HTTP/2 connection (RFC 9113), as small as a test server's may be: (1) the preface and the settings, (2) requests, each asked on as
/// soon as it is whole, (3) answers, as the client's windows allow, (4) frames to the client in the order in which they were made.
/// Bounded: so many streams at once, a megabyte of body each, and a client that takes no answers is let go.
/// </summary>
internal sealed partial class ServedConnection(Stream client, Func<ServedRequest, CancellationToken, Task<ServedAnswer>> ask) : IFrameHandler
{
    private const int MaxStreams = 100;
    private const int MaxData = 16_384;

    private readonly Lock gate = new();

    // One word that says that there is something to write, however often it is said.
    private readonly Channel<bool> changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly FrameReader reader = new();
    private readonly OutBuffer output = new();
    private CancellationToken life;
    private bool closing;

    // RFC 9113 section 3.4.
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Serves until the client is done, does wrong, or somebody ends it.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        life = ends.Token;
        var buffer = new byte[MaxData];

        // 1. The preface, and the only setting that is not the default: 3, streams at once (section 6.5.2).
        await client.ReadExactlyAsync(buffer.AsMemory(0, Preface.Length), life).ConfigureAwait(false);
        if (!buffer.AsSpan(0, Preface.Length).SequenceEqual(Preface))
            return;
        AppendSettings();
        var writing = WriteAsync();
        try
        {
            // 2. Requests.
            var fine = true;
            for (int read; fine && (read = await client.ReadAsync(buffer, life).ConfigureAwait(false)) > 0;)
                fine = Take(buffer.AsSpan(0, read));
        }
        finally
        {
            Task[] asking;
            lock (gate)
            {
                closing = true;
                asking = [.. streams.Values.Select(stream => stream.Asking)];
            }
            changed.Writer.TryWrite(true);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ends.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void AppendSettings()
    {
        var setting = output.AppendFrame(FrameType.Settings, FrameFlags.None, 0, 6);
        BinaryPrimitives.WriteUInt16BigEndian(setting, 3);
        BinaryPrimitives.WriteUInt32BigEndian(setting[2..], MaxStreams);
        changed.Writer.TryWrite(true);
    }

    // False when the connection is over for what the client did; it is told (section 6.8).
    private bool Take(ReadOnlySpan<byte> bytes)
    {
        Http2Fault? fault;
        lock (gate)
        {
            fault = reader.Feed(bytes, this) ?? (output.IsFlooded ? new Http2Fault(Http2Error.EnhanceYourCalm, "the client takes no answers") : null);
            if (fault is not null)
            {
                var goAway = output.AppendFrame(FrameType.GoAway, FrameFlags.None, 0, 8);
                BinaryPrimitives.WriteInt32BigEndian(goAway, lastStream);
                BinaryPrimitives.WriteUInt32BigEndian(goAway[4..], (uint)fault.Code);
            }
        }
        changed.Writer.TryWrite(true);
        return fault is null;
    }

    // 4. To the client.
    private async Task WriteAsync()
    {
        for (var last = false; !last;)
        {
            await changed.Reader.ReadAsync(life).ConfigureAwait(false);
            byte[] bytes;
            lock (gate)
            {
                last = closing;
                bytes = output.Waiting.ToArray();
                output.Take(bytes.Length);
            }
            if (bytes.Length > 0)
                await client.WriteAsync(bytes, life).ConfigureAwait(false);
        }
    }
}
