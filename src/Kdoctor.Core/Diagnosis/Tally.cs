using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Diagnosis;

/// <summary>How many of those that tried failed, with the failures behind it. Its size does not depend on how many there were.</summary>
internal sealed class Tally
{
    private const int NamesKept = 5;
    private readonly Dictionary<Failure, long> failures = [];
    private readonly SortedDictionary<int, string> names = [];
    private int itself;

    public int Tried { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Whether everything failed but what an agent asked of itself, which leaves its node over no network.</summary>
    public bool AllFailed => Failed > 0 && Failed == Tried - itself;

    /// <summary>Whether something succeeded that an agent asked of itself.</summary>
    public bool ReachedItself => itself > 0;

    /// <summary>Whether something succeeded that an agent did not ask of itself.</summary>
    public bool Reached => Tried - itself > Failed;

    /// <summary>The first that failed, by their places.</summary>
    public IReadOnlyCollection<string> Names => names.Values;

    public void Add(bool failed, TargetShard shard, int place, string name, bool ofItself)
    {
        Tried++;
        if (!failed)
        {
            itself += ofItself ? 1 : 0;
            return;
        }
        Failed++;
        names[place] = name;
        if (names.Count > NamesKept)
            names.Remove(names.Keys.Last());
        foreach (var (failure, count) in shard.Failures)
            failures[failure] = failures.GetValueOrDefault(failure) + count;
    }

    /// <summary>The failures in words; too slow where no request failed.</summary>
    public string Why => failures.Count > 0 ? FailureCounts.Words(failures) : "too slow";
}
