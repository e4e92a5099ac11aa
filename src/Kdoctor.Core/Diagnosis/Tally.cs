using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Diagnosis;

/// <summary>How many of those that tried failed, with the failures behind it. Its size does not depend on how many there were.</summary>
internal sealed class Tally
{
    private const int NamesKept = 5;
    private readonly Dictionary<Failure, long> failures = [];
    private readonly SortedDictionary<int, string> names = [];

    public int Tried { get; private set; }

    public int Failed { get; private set; }

    public bool AllFailed => Tried > 0 && Failed == Tried;

    /// <summary>The first that failed, by their places.</summary>
    public IReadOnlyCollection<string> Names => names.Values;

    public void Add(bool failed, TargetShard shard, int place, string name)
    {
        Tried++;
        if (!failed)
            return;
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
