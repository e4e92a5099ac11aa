using System.Buffers.Text;
using System.Text;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Http;

namespace Kdoctor.Probing.Http2;

/// <summary>
/// A request's HEADERS frame, and CONTINUATION frames where it is large, encoded once: static names and literals only, so that the bytes are right on
/// every connection and at every time; only the stream's number and the nonce change. The body goes in DATA frames of its own.
/// </summary>
/// <remarks>Fields that belong to one connection are not sent (RFC 9113 section 8.2.2), even if the plan names them; Host goes as <c>:authority</c>.</remarks>
internal sealed class RequestFrames
{
    private const byte Indexed = 0x80;
    private const byte Literal = 0x00;
    private const byte NeverIndexed = 0x10;
    private const byte ResizeToNothing = 0x20;

    private readonly byte[] block;
    private readonly int nonceAt = -1;

    /// <exception cref="ArgumentException">The plan is not a valid request.</exception>
    internal RequestFrames(HttpRequestPlan plan, ReadOnlyMemory<byte> body)
    {
        Body = body;
        IsHead = plan.Method == "HEAD";
        IsConnect = plan.Method == "CONNECT";
        var fields = RequestFields.Of(plan, body.Length);
        var bytes = new List<byte>();
        foreach (var (name, value) in fields)
        {
            Write(bytes, name, value);
            if (name == RequestFields.Nonce)
                nonceAt = bytes.Count - RequestTemplate.NonceLength;
        }
        block = [.. bytes];
    }

    internal ReadOnlyMemory<byte> Body { get; }

    internal bool IsHead { get; }

    internal bool IsConnect { get; }

    /// <summary>Puts the frames into a buffer.</summary>
    /// <param name="output">The connection's.</param>
    /// <param name="streamId">The request's stream.</param>
    /// <param name="nonce">The request's nonce.</param>
    /// <param name="emptyTable">Whether to say that the dynamic table is not used, which a peer that made it smaller must be told (RFC 7541 section 4.2).</param>
    internal void WriteTo(OutBuffer output, int streamId, ulong nonce, bool emptyTable)
    {
        var prefix = emptyTable ? 1 : 0;
        var type = FrameType.Headers;
        for (var sent = -prefix; sent < block.Length;)
        {
            var length = Math.Min(block.Length - sent, FrameReader.MaxPayload);
            var last = sent + length == block.Length;
            var flags = (last ? FrameFlags.EndHeaders : FrameFlags.None) | (type == FrameType.Headers && Body.IsEmpty ? FrameFlags.EndStream : FrameFlags.None);
            var payload = output.AppendFrame(type, flags, streamId, length);
            if (sent < 0)
                payload[0] = ResizeToNothing;
            block.AsSpan(Math.Max(sent, 0), length - Math.Max(-sent, 0)).CopyTo(payload[Math.Max(-sent, 0)..]);

            // The nonce comes early, so it is in the first frame.
            if (nonceAt >= 0 && type == FrameType.Headers)
                Utf8Formatter.TryFormat(nonce, payload[(nonceAt + prefix)..], out _, new System.Buffers.StandardFormat('x', RequestTemplate.NonceLength));
            sent += length;
            type = FrameType.Continuation;
        }
    }

    // RFC 7541 sections 6.1, 6.2.2 and 6.2.3.
    private static void Write(List<byte> block, string name, string value)
    {
        var nameBytes = Encoding.Latin1.GetBytes(name);
        var valueBytes = Encoding.Latin1.GetBytes(value);
        var index = HpackStaticTable.Find(nameBytes, valueBytes, out var withValue);
        if (withValue)
        {
            HpackInteger.Write(block, Indexed, 7, index);
            return;
        }
        HpackInteger.Write(block, name is "authorization" or "cookie" or "proxy-authorization" ? NeverIndexed : Literal, 4, index);
        if (index == 0)
            WriteText(block, nameBytes);
        WriteText(block, valueBytes);
    }

    private static void WriteText(List<byte> block, byte[] text)
    {
        HpackInteger.Write(block, 0, 7, text.Length);
        block.AddRange(text);
    }
}
