using Kdoctor.ApiServer.Errors;

namespace Kdoctor.ApiServer.Storage;

/// <summary>The last changes of a resource, and those who follow them. Safe for concurrent use.</summary>
/// <remarks>
/// Both sides are bounded: a watch that starts before the oldest change kept is answered 410, and a follower that falls
/// <c>followerCapacity</c> changes behind is cut, so that a slow reader costs memory only up to there.
/// </remarks>
public sealed class WatchLog
{
    private readonly Lock gate = new();
    private readonly Queue<WatchEvent> kept = new();
    private readonly HashSet<WatchSubscription> followers = [];
    private readonly int capacity;
    private readonly int followerCapacity;
    private long floor;
    private long last;

    /// <param name="startVersion">The version at which the log begins: nothing before it is known.</param>
    /// <param name="capacity">Changes kept, at least 1.</param>
    /// <param name="followerCapacity">Changes that a follower may be behind, at least 1.</param>
    public WatchLog(long startVersion, int capacity = 1000, int followerCapacity = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(followerCapacity, 1);
        (floor, last, this.capacity, this.followerCapacity) = (startVersion, startVersion, capacity, followerCapacity);
    }

    /// <summary>Followers at this moment.</summary>
    public int FollowerCount
    {
        get
        {
            lock (gate) return followers.Count;
        }
    }

    /// <summary>Appends a change; versions must grow.</summary>
    public void Publish(WatchEvent change)
    {
        lock (gate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(change.Item.ResourceVersion, last);
            last = change.Item.ResourceVersion;
            kept.Enqueue(change);
            if (kept.Count > this.capacity) floor = kept.Dequeue().Item.ResourceVersion;
            followers.RemoveWhere(follower => !follower.Offer(change));
        }
    }

    /// <summary>Follows the changes after a version.</summary>
    /// <param name="since">The version.</param>
    /// <param name="current">The version that the source has reached, at least that of the last change.</param>
    public Attempt<WatchSubscription> Follow(long since, long current)
    {
        lock (gate)
        {
            if (since < floor) return ApiErrors.Expired($"too old resource version: {since} ({floor})");
            if (since > current) return ApiErrors.Expired($"resource version {since} is not of this server, which is at {current}; list again");
            return Add(since, kept.Where(change => change.Item.ResourceVersion > since));
        }
    }

    /// <summary>Follows from the present: the given objects as additions, then changes.</summary>
    /// <param name="present">All objects; taken while no change can be published.</param>
    public Attempt<WatchSubscription> FollowFrom(ObjectList present)
    {
        lock (gate)
        {
            return Add(present.ResourceVersion, present.Items.Select(item => new WatchEvent(WatchEventType.Added, item, null)));
        }
    }

    internal void Remove(WatchSubscription follower)
    {
        lock (gate) followers.Remove(follower);
    }

    private WatchSubscription Add(long since, IEnumerable<WatchEvent> backlog)
    {
        var follower = new WatchSubscription(this, since, [.. backlog], this.followerCapacity);
        followers.Add(follower);
        return follower;
    }
}
