using System.Collections.Immutable;
using System.Net;

namespace Kdoctor.Agent.Echo;

/// <summary>How an agent's echo listens and what it bears.</summary>
public sealed record EchoOptions
{
    /// <summary>The agent's identity, sent with every answer; 1..128 visible ASCII characters.</summary>
    public required string AgentId { get; init; }

    /// <summary>The name in the answer's <c>serverName</c>, for example the pod's name.</summary>
    public required string ServerName { get; init; }

    /// <summary>Where to listen, 1..64 addresses, IPv4 or IPv6; with port 0 the kernel chooses one.</summary>
    public required ImmutableArray<IPEndPoint> Listen { get; init; }

    /// <summary>The status that a path is answered with; what is not 200 is refused. Null: every path is echoed. Called on the loop's thread; must be quick.</summary>
    public Func<string, int>? StatusOf { get; init; }

    /// <summary>What a path is answered with in place of the echo, as plain text; null for the echo. Called on the loop's thread; must be quick.</summary>
    public Func<string, byte[]?>? TextOf { get; init; }

    /// <summary>
    /// Whether a request may ask for its answer's status (<c>status</c>, of every so-manieth request of its task with <c>status-every</c>), and is told what
    /// is remembered of its task (<c>taskRecord</c>). For trying things out: an agent's own echo always tells the truth.
    /// </summary>
    public bool Rehearses { get; init; }

    /// <summary>Who is behind connections that a front of this process made; null where there is no front.</summary>
    public FrontedPeers? Fronted { get; init; }

    /// <summary>Connections at once, 1..100,000; further ones are answered 503 and closed. Default 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>From a request's first byte (or the connection's begin) to its last. Default 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a kept connection may be silent between requests. Default 60 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The greatest request body in bytes, 0..16 MiB; a larger one is answered 413. Default 1 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>What unfinished requests and untaken answers of all connections may hold together; beyond it requests are answered 503. Default 64 MiB.</summary>
    public long MaxHeldBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest <c>delay</c> that is honoured; longer ones are cut to it. Default 300 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Tasks whose requests are counted; requests of further ones count together. Default 1,024.</summary>
    public int MaxTasks { get; init; } = 1024;

    /// <summary>Everything that is wrong with these options.</summary>
    public IEnumerable<string> Problems()
    {
        if (AgentId.Length is < 1 or > 128 || AgentId.Any(character => character is <= ' ' or >= '\x7f'))
            yield return $"{nameof(AgentId)} '{AgentId}' must be 1..128 visible ASCII characters";
        if (Listen.IsDefaultOrEmpty || Listen.Length > 64)
            yield return $"{nameof(Listen)} must hold 1..64 addresses";
        if (MaxConnections is < 1 or > 100_000)
            yield return $"{nameof(MaxConnections)} is {MaxConnections}; it must be 1..100,000";
        if (MaxBodyBytes is < 0 or > 16 * 1024 * 1024)
            yield return $"{nameof(MaxBodyBytes)} is {MaxBodyBytes}; it must be 0..16 MiB";
        if (RequestTimeout <= TimeSpan.Zero || IdleTimeout <= TimeSpan.Zero || MaxDelay < TimeSpan.Zero)
            yield return $"{nameof(RequestTimeout)} and {nameof(IdleTimeout)} must be above 0, {nameof(MaxDelay)} not below";
        if (MaxTasks < 0 || MaxHeldBytes < MaxBodyBytes)
            yield return $"{nameof(MaxTasks)} must not be below 0, and {nameof(MaxHeldBytes)} not below {nameof(MaxBodyBytes)}";
    }
}
