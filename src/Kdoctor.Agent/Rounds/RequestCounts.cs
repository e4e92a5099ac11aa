namespace Kdoctor.Agent.Rounds;

/// <summary>What an agent has asked of others since it began, and asks now.</summary>
/// <param name="Running">Rounds that run now.</param>
/// <param name="Sent">Requests begun.</param>
/// <param name="Failed">Requests that failed.</param>
/// <param name="Unsent">Requests of ended rounds that were never begun.</param>
/// <param name="Late">Requests of ended rounds begun too late.</param>
/// <param name="Load">Requests per second that the running rounds ask for, by kind of task.</param>
internal sealed record RequestCounts(int Running, long Sent, long Failed, long Unsent, long Late, IReadOnlyDictionary<string, double> Load);
