namespace Kdoctor.Probing.Http;

/// <summary>What became of the bytes given to a parser.</summary>
internal enum AnswerState
{
    /// <summary>All were taken; the answer is not complete.</summary>
    Incomplete,

    /// <summary>The answer is complete; bytes not taken lie behind it.</summary>
    Complete,

    /// <summary>The bytes are not HTTP/1.1; <see cref="AnswerParser.Error"/> says why.</summary>
    Broken,
}

/// <summary>Whoever wants to see an answer's header fields.</summary>
internal interface IFieldObserver
{
    /// <summary>A field of the final answer; both spans die with the call.</summary>
    void OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);
}

/// <summary>
/// Reads one HTTP/1.1 answer (RFC 9112) from bytes as they come, cut anywhere. Strict: lines end in CRLF, and what a lenient client would
/// repair is an error with words. Only lines that a cut went through are kept; the body is counted.
/// (1) status line, (2) fields, (3) the body's framing by RFC 9112 section 6.3, (4) body, (5) chunks and trailers.
/// </summary>
internal sealed class AnswerParser
{
    /// <summary>Status line, fields, interim answers, chunk headers between data and trailers may have as many bytes together.</summary>
    internal const int MaxHeadBytes = 64 * 1024;

    private readonly LineReader lines = new(MaxHeadBytes);
    private readonly MessageFraming framing = new();
    private IFieldObserver? observer;
    private Part part;
    private bool head;
    private bool connect;
    private long left;

    private enum Part
    {
        StatusLine,
        Fields,
        Body,
        BodyToClose,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        Complete,
    }

    /// <summary>What is wrong; null while nothing is.</summary>
    internal string? Error { get; private set; }

    /// <summary>The final answer's status code; 0 before there is one.</summary>
    internal int Status { get; private set; }

    /// <summary>Bytes of body so far, without the chunks' framing.</summary>
    internal long BodyBytes { get; private set; }

    /// <summary>Whether the connection can carry another request after the answer (RFC 9112 section 9.3).</summary>
    internal bool Persists => framing.Persists && part == Part.Complete;

    /// <summary>Whether the connection has become a tunnel with the answer (RFC 9110 section 9.3.6): bytes behind it are whoever's is at the tunnel's end.</summary>
    internal bool IsTunnel => connect && part == Part.Complete && Status is >= 200 and < 300;

    /// <summary>Forgets everything for the next answer.</summary>
    /// <param name="method">The request's method, which decides whether there can be a body.</param>
    /// <param name="fieldObserver">Who sees the fields.</param>
    internal void Begin(string method, IFieldObserver? fieldObserver)
    {
        head = method == "HEAD";
        connect = method == "CONNECT";
        observer = fieldObserver;
        part = Part.StatusLine;
        Error = null;
        Status = 0;
        BodyBytes = 0;
        left = 0;
        lines.Begin();
        framing.Begin();
    }

    /// <summary>Takes a whole answer that parsed to the same before; only after <see cref="Begin"/>.</summary>
    internal void Repeat(KnownAnswer known)
    {
        part = Part.Complete;
        Status = known.Status;
        BodyBytes = known.BodyBytes;
        framing.Persists = known.Persists;
    }

    /// <summary>Takes bytes; <paramref name="taken"/> is how many belong to the answer.</summary>
    internal AnswerState Feed(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        while (part != Part.Complete)
        {
            var rest = bytes[taken..];
            if (part is Part.Body or Part.ChunkData or Part.BodyToClose)
            {
                taken += TakeBody(rest);
                if (left > 0 || part == Part.BodyToClose)
                    return AnswerState.Incomplete;
                part = part == Part.Body ? Part.Complete : Part.ChunkEnd;
                continue;
            }
            if (!lines.TryRead(rest, out var line, out var used, out var problem))
            {
                taken += used;
                return problem is null ? AnswerState.Incomplete : Break(problem);
            }
            taken += used;
            if (TakeLine(line) is { } error)
                return Break(error);
        }
        return AnswerState.Complete;
    }

    /// <summary>The peer will send no more: complete if the answer ends there, else incomplete for good.</summary>
    internal AnswerState FeedEnd()
    {
        if (part == Part.BodyToClose)
            part = Part.Complete;
        return part == Part.Complete ? AnswerState.Complete : AnswerState.Incomplete;
    }

    private int TakeBody(ReadOnlySpan<byte> bytes)
    {
        var count = part == Part.BodyToClose ? bytes.Length : (int)Math.Min(left, bytes.Length);
        BodyBytes += count;
        if (part != Part.BodyToClose)
            left -= count;
        return count;
    }

    private string? TakeLine(ReadOnlySpan<byte> line)
    {
        switch (part)
        {
            // 1. The status line.
            case Part.StatusLine:
                if (!StatusLine.TryParse(line, out var minor, out var status, out var problem))
                    return problem;
                Status = status;
                framing.Begin(minor);
                part = Part.Fields;
                return null;

            // 2. Fields, up to the empty line.
            case Part.Fields when line.IsEmpty:
                return EndFields();
            case Part.Fields:
                if (FieldLine.Problem(line, out var name, out var value) is { } broken)
                    return broken;
                if (Status >= 200)
                    observer?.OnField(name, value);
                return framing.TakeField(name, value);

            // 5. Chunks (RFC 9112 section 7.1); trailers are read and ignored.
            case Part.ChunkSize:
                if (!ChunkSize.TryParse(line, out left))
                    return "a chunk's size is not a hexadecimal number";
                part = left == 0 ? Part.Trailers : Part.ChunkData;
                lines.Refill();
                return null;
            case Part.ChunkEnd:
                part = Part.ChunkSize;
                return line.IsEmpty ? null : "a chunk is longer than its size says";
            case Part.Trailers when line.IsEmpty:
                part = Part.Complete;
                return null;
            default:
                return FieldLine.Problem(line, out _, out _);
        }
    }

    // 3. How long the body is (RFC 9112 section 6.3).
    private string? EndFields()
    {
        if (Status == 101)
            return "the answer changes the protocol, which was not asked";
        if (Status < 200)
        {
            part = Part.StatusLine;
            return null;
        }
        if (framing.Problem is { } problem)
            return problem;
        if (head || Status is 204 or 304)
            part = Part.Complete;
        else if (connect && Status < 300)
            EndAsTunnel();
        else if (framing.Chunked)
            part = Part.ChunkSize;
        else if (framing.Length is { } length)
            part = (left = length) == 0 ? Part.Complete : Part.Body;
        else
            EndAtClose();
        return null;
    }

    private void EndAsTunnel()
    {
        framing.Persists = false;
        part = Part.Complete;
    }

    private void EndAtClose()
    {
        framing.Persists = false;
        part = Part.BodyToClose;
    }

    private AnswerState Break(string error)
    {
        Error = error;
        return AnswerState.Broken;
    }
}
