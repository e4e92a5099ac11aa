using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// The agents that a round should ask where nobody lists them: those that are connected, and those that were not long ago. One that dies
/// between two rounds is therefore planned, and silent, and never just left out of a green report.
/// </summary>
public sealed class RememberedAgents
{
    /// <summary>How long an agent that has gone without a word is still expected. One that says goodbye is not.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly IConnectedAgents agents;
    private readonly TimeProvider time;
    private readonly Lock gate = new();

    // Bounded by the sessions that a controller takes, and by the memory's length.
    private readonly Dictionary<string, (AgentInfo Agent, DateTimeOffset LastSeen)> seen = new(StringComparer.Ordinal);

    /// <summary>Begins to remember.</summary>
    public RememberedAgents(IConnectedAgents agents, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(agents);
        (this.agents, this.time) = (agents, time);
        agents.Changed += Look;
        agents.Left += Forget;
        Look();
    }

    /// <summary>All of them, in the order of their identities.</summary>
    public IReadOnlyList<AgentInfo> Expected
    {
        get
        {
            Look();
            lock (gate)
                return [.. seen.Values.Select(entry => entry.Agent).OrderBy(agent => agent.Id, StringComparer.Ordinal)];
        }
    }

    private void Forget(string agentId)
    {
        lock (gate)
            seen.Remove(agentId);
    }

    private void Look()
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            // Seen and taken over in one: what was seen before somebody went must not be taken over after.
            var connected = agents.Connected;
            var present = connected.Select(agent => agent.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var (id, (agent, lastSeen)) in seen.ToList())
            {
                if (!present.Contains(id) && agent.Connected)
                    seen[id] = (agent with { Connected = false }, now);
                else if (!present.Contains(id) && now - lastSeen > Memory)
                    seen.Remove(id);
            }
            foreach (var agent in connected)
                seen[agent.Id] = (agent, now);
        }
    }
}
