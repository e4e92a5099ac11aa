namespace Kdoctor.Agent.Echo;

/// <summary>What an echo has done since it began.</summary>
/// <param name="Connections">Connections open now.</param>
/// <param name="TurnedAway">Connections answered 503 for lack of room.</param>
/// <param name="Requests">Requests answered as they asked.</param>
/// <param name="Refused">Requests answered with an error of their own making.</param>
/// <param name="AcceptFailures">Times that no connection could be accepted for lack of descriptors or memory.</param>
public readonly record struct EchoCounts(long Connections, long TurnedAway, long Requests, long Refused, long AcceptFailures);
