using Kdoctor.ApiServer.Errors;

namespace Kdoctor.ApiServer.Storage;

/// <summary>The last changes of a resource, and those who follow them. Safe for concurrent use.</summary>
/// <remarks>
/// Both sides are bounded: a watch that starts before the oldest change kept is answered 410, and a follower that falls
/// <c>followerCapacity</c> changes behind is cut, so that a slow reader costs memory only up to there.
/// </remarks>
public sealed class WatchLog
{
    private readonly Lock _gate = new();
    private readonly Queue<WatchEvent> _kept = new();
    private readonly HashSet<WatchSubscription> _followers = [];
    private readonly int _capacity;
    private readonly int _followerCapacity;
    private long _floor;
    private long _last;

    /// <param name="startVersion">The version at which the log begins: nothing before it is known.</param>
    /// <param name="capacity">Changes kept, at least 1.</param>
    /// <param name="followerCapacity">Changes that a follower may be behind, at least 1.</param>
    public WatchLog(long startVersion, int capacity = 1000, int followerCapacity = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(followerCapacity, 1);
        (_floor, _last, _capacity, _followerCapacity) = (startVersion, startVersion, capacity, followerCapacity);
    }

    /// <summary>Followers at this moment.</summary>
    public int FollowerCount
    {
        get
        {
            lock (_gate) return _followers.Count;
        }
    }

    /// <summary>Appends a change; versions must grow.</summary>
    public void Publish(WatchEvent change)
    {
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(change.Item.ResourceVersion, _last);
            _last = change.Item.ResourceVersion;
            _kept.Enqueue(change);
            if (_kept.Count > _capacity) _floor = _kept.Dequeue().Item.ResourceVersion;
            _followers.RemoveWhere(follower => !follower.Offer(change));
        }
    }

    /// <summary>Follows the changes after a version.</summary>
    /// <param name="since">The version.</param>
    /// <param name="current">The version that the source has reached, at least that of the last change.</param>
    public Attempt<WatchSubscription> Follow(long since, long current)
    {
        lock (_gate)
        {
            if (since < _floor) return ApiErrors.Expired($"too old resource version: {since} ({_floor})");
            if (since > current) return ApiErrors.Expired($"resource version {since} is not of this server, which is at {current}; list again");
            return Add(since, _kept.Where(change => change.Item.ResourceVersion > since));
        }
    }

    /// <summary>Follows from the present: the given objects as additions, then changes.</summary>
    /// <param name="present">All objects; taken while no change can be published.</param>
    public Attempt<WatchSubscription> FollowFrom(ObjectList present)
    {
        lock (_gate)
        {
            return Add(present.ResourceVersion, present.Items.Select(item => new WatchEvent(WatchEventType.Added, item, null)));
        }
    }

    internal void Remove(WatchSubscription follower)
    {
        lock (_gate) _followers.Remove(follower);
    }

    private WatchSubscription Add(long since, IEnumerable<WatchEvent> backlog)
    {
        var follower = new WatchSubscription(this, since, [.. backlog], _followerCapacity);
        _followers.Add(follower);
        return follower;
    }
}
