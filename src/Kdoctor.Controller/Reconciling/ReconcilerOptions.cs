using Kdoctor.Core.Planning.Budgets;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>How tasks are looked at.</summary>
public sealed record ReconcilerOptions
{
    /// <summary>What the place allows a task.</summary>
    public TaskLimits Limits { get; init; } = TaskLimits.Default;

    /// <summary>What all rounds that run at the same time may ask for.</summary>
    public RequestBudgets Budgets { get; init; } = new();

    /// <summary>How long before its agents begin a round is told to them: 0 to 5 s, default 250 ms.</summary>
    public TimeSpan StartLead { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long after the controller's start agents get to connect before a round begins without them: 0 to 60 s, default 5 s. A round
    /// begins earlier when all are there.
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the first round of a task, where its schedule lets it start late, waits for agents whose pods are just starting: 0 to 5 min,
    /// default 60 s. Later rounds wait only as long as no due time is missed for it.
    /// </summary>
    public TimeSpan FirstRoundWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many tasks are served, the oldest first: 1 to 100,000, default 10,000. Further ones wait until some are gone.</summary>
    public int MaxTasks { get; init; } = 10_000;

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (StartLead < TimeSpan.Zero || StartLead > TimeSpan.FromSeconds(5))
            yield return $"the start lead is {StartLead}; it must be 0 to 5 s";
        if (Settle < TimeSpan.Zero || Settle > TimeSpan.FromSeconds(60))
            yield return $"the settling time is {Settle}; it must be 0 to 60 s";
        if (FirstRoundWait < TimeSpan.Zero || FirstRoundWait > TimeSpan.FromMinutes(5))
            yield return $"the first round's wait is {FirstRoundWait}; it must be 0 to 5 min";
        if (MaxTasks is < 1 or > 100_000)
            yield return $"the greatest number of tasks is {MaxTasks}; it must be 1 to 100,000";
    }
}
