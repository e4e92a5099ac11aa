using System.Collections.Immutable;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Sessions;

/// <summary>The open streams, one per agent identity: a newer one replaces the older, for the older is most likely dead and not yet noticed.</summary>
internal sealed class AgentSessions(int maxAgents)
{
    private readonly Lock gate = new();
    private ImmutableDictionary<string, AgentSession> sessions = ImmutableDictionary.Create<string, AgentSession>(StringComparer.Ordinal);

    /// <summary>Raised after an agent connected or went, on the caller's thread.</summary>
    public event Action? Changed;

    /// <summary>Raised, with its identity, after an agent went that had said goodbye, and before <see cref="Changed"/>.</summary>
    public event Action<string>? Left;

    /// <summary>The agents whose streams are open, by identity.</summary>
    public IReadOnlyCollection<AgentInfo> Connected => [.. sessions.Values.Select(session => session.Agent).OrderBy(agent => agent.Id, StringComparer.Ordinal)];

    /// <summary>All open streams.</summary>
    public IEnumerable<AgentSession> Open => sessions.Values;

    public bool IsConnected(string agentId) => sessions.ContainsKey(agentId);

    public AgentSession? Find(string agentId) => sessions.GetValueOrDefault(agentId);

    /// <summary>Adds a session and ends the one that it replaces; false when there are as many agents as are allowed.</summary>
    public bool TryAdd(AgentSession session)
    {
        AgentSession? older;
        lock (gate)
        {
            older = sessions.GetValueOrDefault(session.Agent.Id);
            if (older is null && sessions.Count >= maxAgents)
                return false;
            sessions = sessions.SetItem(session.Agent.Id, session);
        }
        older?.End("a newer stream of the same agent replaced this one");
        Changed?.Invoke();
        return true;
    }

    /// <summary>Removes a session; false when it had been replaced.</summary>
    public bool Remove(AgentSession session)
    {
        lock (gate)
        {
            if (!ReferenceEquals(sessions.GetValueOrDefault(session.Agent.Id), session))
                return false;
            sessions = sessions.Remove(session.Agent.Id);
        }
        if (session.SaidGoodbye)
            Left?.Invoke(session.Agent.Id);
        Changed?.Invoke();
        return true;
    }

    public void EndAll(string reason)
    {
        foreach (var session in sessions.Values)
            session.End(reason);
    }
}
