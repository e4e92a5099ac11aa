namespace Kdoctor.Agent.Rounds;

/// <summary>The load that an agent is asked for, by kind of task, and its peak while a round runs. Not thread-safe.</summary>
internal sealed class LoadLedger
{
    private readonly Dictionary<string, Entry> running = new(StringComparer.Ordinal);

    /// <summary>What all running rounds ask for now, by kind.</summary>
    public IReadOnlyDictionary<string, double> Now =>
        running.Values.GroupBy(entry => entry.Kind, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(entry => entry.Rate), StringComparer.Ordinal);

    /// <summary>A round begins: every running round's peak may rise.</summary>
    public void Begin(string roundId, string kind, double requestsPerSecond)
    {
        running[roundId] = new Entry(kind, requestsPerSecond);
        var now = Now;
        foreach (var entry in running.Values)
        {
            foreach (var (name, rate) in now)
                entry.Peak[name] = Math.Max(entry.Peak.GetValueOrDefault(name), rate);
        }
    }

    /// <summary>A round ends; what all running rounds asked for at most meanwhile.</summary>
    public IReadOnlyDictionary<string, double> End(string roundId) => running.Remove(roundId, out var entry) ? entry.Peak : new Dictionary<string, double>();

    private sealed record Entry(string Kind, double Rate)
    {
        public Dictionary<string, double> Peak { get; } = new(StringComparer.Ordinal);
    }
}
