using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Kdoctor.ApiServer.Storage;

/// <summary>One follower of a <see cref="WatchLog"/>. Dispose it when it is no longer read.</summary>
public sealed class WatchSubscription : IDisposable
{
    private readonly WatchLog log;
    private readonly IReadOnlyList<WatchEvent> backlog;
    private readonly Channel<WatchEvent> fresh;

    internal WatchSubscription(WatchLog log, long startVersion, IReadOnlyList<WatchEvent> backlog, int capacity)
    {
        (this.log, StartVersion, this.backlog) = (log, startVersion, backlog);
        fresh = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(capacity) { SingleReader = true });
    }

    /// <summary>The version from which changes are told.</summary>
    public long StartVersion { get; }

    /// <summary>The changes in order. It ends, without an error, when the reader has fallen too far behind and is cut.</summary>
    public async IAsyncEnumerable<WatchEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var change in this.backlog) yield return change;
        await foreach (var change in fresh.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return change;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        this.log.Remove(this);
        fresh.Writer.TryComplete();
    }

    /// <summary>Hands over a change; false when the follower is full and thereby cut.</summary>
    internal bool Offer(WatchEvent change)
    {
        if (fresh.Writer.TryWrite(change)) return true;
        fresh.Writer.TryComplete();
        return false;
    }
}
