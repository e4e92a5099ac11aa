using Kdoctor.Core.Results;

namespace Kdoctor.Core.Verdicts;

/// <summary>
/// What an agent could not keep up with, and what that explains. Pure. It is the kernel that opens connections, however late the agent is: where not one was opened
/// although targets beside it answered, it is the target that is dead, or the way to it.
/// </summary>
internal sealed class Overload
{
    // Of requests that each have an even chance to be lost by the agent's doing, all of twenty are with a probability of one to a million.
    private const long EnoughRequests = 20;
    private const double AnsweredShare = 0.5;

    private readonly bool othersAnswer;

    private Overload(string words, IEnumerable<TargetShard> targets)
    {
        Words = words;
        var (succeeded, ended) = targets.Where(target => target.Succeeded > 0)
            .Aggregate((Succeeded: 0L, Ended: 0L), (sum, target) => (sum.Succeeded + target.Succeeded, sum.Ended + target.Sent - target.Cancelled));
        othersAnswer = ended >= EnoughRequests && succeeded >= ended * AnsweredShare;
    }

    /// <summary>What went wrong, in words.</summary>
    public string Words { get; }

    /// <summary>The overload of an agent; null when it kept its timetable and had what it needed.</summary>
    public static Overload? Of(AgentShard shard)
    {
        // What was cut short from outside left requests unsent without any fault of the agent's.
        var unsent = shard.CutShort is null ? shard.Targets.Sum(target => target.Unsent) : 0;
        if (unsent > 0)
            return new(FormattableString.Invariant($"{unsent} requests were not sent"), shard.Targets);
        var starved = shard.Targets.Sum(target => target.Failures.Where(failure => failure.Key.Cause == FailureCause.LocalResource).Sum(failure => failure.Value));
        if (starved > 0)
            return new(FormattableString.Invariant($"{starved} requests failed for want of a local resource"), shard.Targets);
        var late = shard.Lateness.CountAbove((long)Judge.LateAfter.TotalNanoseconds);
        var sent = shard.Lateness.Count;
        return late > sent * Judge.OverloadedLateShare
            ? new(FormattableString.Invariant($"{late} of {sent} requests were sent more than {Judge.LateAfter.TotalMilliseconds:0} ms after their time"), shard.Targets)
            : null;
    }

    /// <summary>Whether delays and timeouts at one of its targets may be the agent's own.</summary>
    public bool Explains(TargetShard target) =>
        !othersAnswer || target.Succeeded > 0 || target.Sent - target.Cancelled < EnoughRequests || target.Failures.Keys.Any(failure => failure.Stage != FailureStage.Connect);
}
