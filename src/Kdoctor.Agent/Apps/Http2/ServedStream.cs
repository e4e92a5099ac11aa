namespace Kdoctor.Agent.Apps.Http2;

/// <summary>One request and its answer on a connection.</summary>
internal sealed class ServedStream(long window)
{
    /// <summary>What is asked.</summary>
    public ServedRequest Request { get; } = new();

    /// <summary>How much the client takes of the answer's body for now; below 0 after it changed its mind (RFC 9113 section 6.9.2).</summary>
    public long Window { get; set; } = window;

    /// <summary>Whether the request is whole.</summary>
    public bool Whole { get; set; }

    /// <summary>What is left of the answer's body; null before there is an answer.</summary>
    public ReadOnlyMemory<byte>? Left { get; set; }

    /// <summary>The asking, once it has begun.</summary>
    public Task Asking { get; set; } = Task.CompletedTask;
}
