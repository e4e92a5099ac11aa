using System.Collections.Concurrent;
using System.Net;

namespace Kdoctor.Agent.Echo;

/// <summary>Who is really behind a connection that came through a front of this process, by the address that the front connected from. Bounded by the front's connections.</summary>
public sealed class FrontedPeers
{
    private readonly ConcurrentDictionary<IPEndPoint, FrontedPeer> peers = new();

    internal void Add(IPEndPoint front, FrontedPeer peer) => peers[front] = peer;

    internal void Remove(IPEndPoint front) => peers.TryRemove(front, out _);

    internal FrontedPeer? Find(IPEndPoint front) => peers.GetValueOrDefault(front);
}

/// <summary>A client of a front.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Http2">Whether it speaks HTTP/2 to the front.</param>
internal sealed record FrontedPeer(IPEndPoint Address, bool Http2 = false);
