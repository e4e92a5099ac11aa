namespace Kdoctor.Probing.Load;

/// <summary>Attempts that are used again by all runs of a loop, a shelf for each kind. On the loop's thread only.</summary>
internal sealed class AttemptRack
{
    private readonly Dictionary<Type, object> shelves = [];

    /// <summary>The shelf of one kind, to be looked up once per run.</summary>
    internal AttemptShelf<TAttempt> Of<TAttempt>()
        where TAttempt : Attempt, new()
    {
        if (!shelves.TryGetValue(typeof(TAttempt), out var shelf))
            shelves[typeof(TAttempt)] = shelf = new AttemptShelf<TAttempt>();
        return (AttemptShelf<TAttempt>)shelf;
    }
}

/// <summary>Attempts of one kind that are not under way.</summary>
/// <remarks>Holds at most <see cref="Capacity"/>; more are left to the garbage collector.</remarks>
internal sealed class AttemptShelf<TAttempt>
    where TAttempt : Attempt, new()
{
    internal const int Capacity = 4096;
    private readonly Stack<TAttempt> attempts = [];

    /// <summary>An attempt, new or used before.</summary>
    internal TAttempt Take() => attempts.TryPop(out var used) ? used : new TAttempt();

    /// <summary>Puts one back.</summary>
    internal void Return(TAttempt attempt)
    {
        if (attempts.Count < Capacity)
            attempts.Push(attempt);
    }
}
