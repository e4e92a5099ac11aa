namespace Kdoctor.Probing.Load;

/// <summary>Attempts of one kind that are used again by all runs of a loop.</summary>
/// <remarks>Holds at most <see cref="Capacity"/>; more are left to the garbage collector. On the loop's thread only.</remarks>
internal sealed class AttemptRack
{
    internal const int Capacity = 4096;
    private readonly Dictionary<Type, Stack<Attempt>> kinds = [];

    /// <summary>The stack of one kind, to be looked up once per run.</summary>
    internal Stack<Attempt> Of<TAttempt>()
        where TAttempt : Attempt
    {
        if (!kinds.TryGetValue(typeof(TAttempt), out var stack))
            kinds[typeof(TAttempt)] = stack = [];
        return stack;
    }
}
