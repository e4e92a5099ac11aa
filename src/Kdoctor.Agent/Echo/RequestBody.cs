using Kdoctor.Probing.Http;

namespace Kdoctor.Agent.Echo;

/// <summary>
/// Reads a request's body within the bytes that hold the whole request: a counted one stays where it is, chunks are drawn together over their
/// own framing (RFC 9112 section 7.1), so that the body follows the head in one piece.
/// </summary>
internal struct RequestBody
{
    /// <summary>Longer chunk headers and trailers are refused.</summary>
    private const int MaxLine = 4096;

    private long left;
    private bool chunked;
    private bool inTrailers;
    private bool chunkEnds;

    /// <summary>Where the body begins.</summary>
    internal int Start { get; private set; }

    /// <summary>How much of it is there.</summary>
    internal int Length { get; private set; }

    /// <summary>Where the bytes not yet looked at begin; once complete, the next request.</summary>
    internal int Next { get; private set; }

    internal static RequestBody After(int headEnd, long? length, bool chunks) =>
        new() { Start = headEnd, Next = headEnd, left = length ?? 0, chunked = chunks };

    /// <summary>Reads on; null when more bytes are needed, 0 when the body is complete, else the status to refuse it with.</summary>
    internal int? Read(Span<byte> message, int maxBytes)
    {
        while (true)
        {
            if (left > 0)
            {
                if (Length + left > maxBytes)
                    return 413;
                var count = (int)Math.Min(left, message.Length - Next);
                if (Next != Start + Length)
                    message.Slice(Next, count).CopyTo(message[(Start + Length)..]);
                Next += count;
                Length += count;
                left -= count;
                if (left > 0)
                    return null;
            }
            if (!chunked)
                return 0;
            var line = message[Next..];
            var end = line.IndexOf("\r\n"u8);
            if (end < 0)
                return line.Length > MaxLine ? 400 : null;
            Next += end + 2;
            if (TakeLine(line[..end]) is { } status)
                return status;
        }
    }

    private int? TakeLine(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxLine)
            return 400;
        if (inTrailers)
            return line.IsEmpty ? 0 : FieldLine.Problem(line, out _, out _) is null ? null : 400;
        if (chunkEnds)
        {
            chunkEnds = false;
            return line.IsEmpty ? null : 400;
        }
        if (!ChunkSize.TryParse(line, out left))
            return 400;
        chunkEnds = left > 0;
        inTrailers = left == 0;
        return null;
    }
}
