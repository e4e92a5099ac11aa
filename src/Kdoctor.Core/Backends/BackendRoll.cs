using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Backends;

/// <summary>
/// To which agents the addresses of their service should have led all through a round. Pure.
/// Due is who was ready when the round was planned, and long enough for every node to know, and still was when it was judged, without having been away.
/// Possible is everybody else besides that may have been led to meanwhile: the more there are, the less a miss says.
/// </summary>
internal sealed class BackendRoll
{
    private readonly Dictionary<IpFamily, ImmutableArray<AgentInfo>> due;
    private readonly Dictionary<IpFamily, int> possible;
    private readonly Dictionary<string, AgentInfo> planned;

    public BackendRoll(RoundPlan plan, Aftermath aftermath)
    {
        var away = aftermath.Departures.Select(departed => departed.AgentId).Concat(aftermath.Unsteady).ToHashSet(StringComparer.Ordinal);
        var present = plan.Agents.Select(agent => agent.Agent).Where(agent => agent.Absence is null).ToList();
        due = Families.ToDictionary(family => family, family => present.Where(agent => agent.IsBackend && !away.Contains(agent.Id) && IsIn(agent, family)).ToImmutableArray());
        possible = Families.ToDictionary(family => family, family => present.Count(agent => IsIn(agent, family)));
        planned = plan.Agents.ToDictionary(agent => agent.Agent.Id, agent => agent.Agent, StringComparer.Ordinal);
        var spread = plan.Targets.Count(target => target.Spreads);
        Questions = Math.Max(1, (plan.Agents.Length + 1L) * spread);
    }

    private static IpFamily[] Families => [IpFamily.IPv4, IpFamily.IPv6];

    /// <summary>How often the round asks whether a backend is missing: of each target from each agent, and over all agents.</summary>
    public long Questions { get; }

    /// <summary>The agents that must have been led to; empty where a target does not lead to all alike.</summary>
    public ImmutableArray<AgentInfo> DueAt(Target target) => target is { Spreads: true, Family: { } family } ? due[family] : [];

    /// <summary>How many there may be: the planned ones, and the strangers that answered.</summary>
    public int PossibleAt(Target target, int strangers) => possible[target.Family ?? IpFamily.IPv4] + strangers;

    /// <summary>Whether an identity is not that of an agent of the round.</summary>
    public bool IsStranger(string agentId) => !planned.ContainsKey(agentId);

    private static bool IsIn(AgentInfo agent, IpFamily family) => agent.Addresses.Any(address => address.Network == EchoAddress.PrimaryNetwork && address.Family == family);
}
