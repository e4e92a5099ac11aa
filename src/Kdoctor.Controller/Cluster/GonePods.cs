namespace Kdoctor.Controller.Cluster;

/// <summary>What was last known of pods that are there no more, the newest <see cref="Kept"/>. Safe to use from every thread.</summary>
internal sealed class GonePods
{
    /// <summary>Twice the agents of the largest cluster: all of them may be replaced in one round.</summary>
    public const int Kept = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, PodFacts> gone = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    public void Add(PodFacts last)
    {
        lock (gate)
        {
            if (!gone.ContainsKey(last.Uid))
                order.Enqueue(last.Uid);
            gone[last.Uid] = last;
            if (order.Count > Kept)
                gone.Remove(order.Dequeue());
        }
    }

    /// <summary>All that are remembered.</summary>
    public IReadOnlyCollection<PodFacts> All
    {
        get
        {
            lock (gate)
                return [.. gone.Values];
        }
    }

    /// <summary>By its uid; null for a pod that is still there, or went too long ago.</summary>
    public PodFacts? Find(string uid)
    {
        lock (gate)
            return gone.GetValueOrDefault(uid);
    }
}
