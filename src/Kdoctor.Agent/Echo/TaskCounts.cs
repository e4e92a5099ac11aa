using System.Collections.Concurrent;

namespace Kdoctor.Agent.Echo;

/// <summary>Requests per task, as the <c>task</c> parameter names it. At most so many tasks are told apart; the rest count together.</summary>
internal sealed class TaskCounts(int capacity)
{
    /// <summary>The name under which further tasks are counted.</summary>
    internal const string Others = "(others)";

    private readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <summary>Counts one request; on the loop's thread only.</summary>
    internal long Count(string task)
    {
        if (counts.Count >= capacity && !counts.ContainsKey(task))
            task = Others;
        return counts[task] = this[task] + 1;
    }

    /// <summary>How many requests of a task there were; from every thread.</summary>
    internal long this[string task] => counts.GetValueOrDefault(task);
}
