using System.Collections.Concurrent;
using System.Net;

namespace Kdoctor.Agent.Echo;

/// <summary>Who is really behind a connection that came through a front of this process, by the address that the front connected from. Bounded by the front's connections.</summary>
public sealed class FrontedPeers
{
    private readonly ConcurrentDictionary<IPEndPoint, IPEndPoint> peers = new();

    internal void Add(IPEndPoint front, IPEndPoint peer) => peers[front] = peer;

    internal void Remove(IPEndPoint front) => peers.TryRemove(front, out _);

    internal IPEndPoint? Find(IPEndPoint front) => peers.GetValueOrDefault(front);
}
