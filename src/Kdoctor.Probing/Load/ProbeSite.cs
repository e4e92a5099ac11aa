using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Load;

/// <summary>Finds the addresses of a name; asked once per target and round.</summary>
/// <param name="host">The name.</param>
/// <param name="family">Which family is wanted; null for either.</param>
/// <param name="cancellationToken">Set when the run ends first.</param>
/// <returns>One or more. The first is asked, and no other is fallen back on: they are only told of.</returns>
/// <exception cref="System.Net.Sockets.SocketException">There is none; its code says why.</exception>
public delegate Task<IReadOnlyList<IPAddress>> ResolveName(string host, IpFamily? family, CancellationToken cancellationToken);

/// <summary>What a probe finds where it works.</summary>
/// <param name="Loop">Its loop.</param>
/// <param name="Resolve">The resolver.</param>
/// <param name="Nonces">Fresh numbers.</param>
/// <param name="Rack">Where probes of the loop keep what they use again.</param>
/// <param name="Kept">Room for connections between requests.</param>
/// <param name="Ended">Set when the run is over.</param>
internal sealed record ProbeSite(EventLoop Loop, ResolveName Resolve, NonceSource Nonces, AttemptRack Rack, KeptPlaces Kept, CancellationToken Ended);
