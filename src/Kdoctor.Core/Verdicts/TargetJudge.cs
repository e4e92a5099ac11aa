using System.Collections.Immutable;
using System.Globalization;
using Kdoctor.Core.Backends;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Verdicts;

/// <summary>
/// Holds one target of one agent against the expectations. Pure.
/// 1. Without a request that was sent and ended there is nothing to judge.
/// 2. The success rate: failures that are the agent's own cannot fail the target, but they leave it unproven.
/// 3. The mean delay of successes: where the agent was overloaded, or late by what is too much, or nothing succeeded, it proves nothing.
/// 4. What was not sent, or cut short, was not tested.
/// 5. Where the target leads to several backends, one that is never led to fails it.
/// </summary>
internal sealed class TargetJudge(TargetShard shard, Expectation expect, bool overloaded)
{
    private readonly ImmutableArray<string>.Builder reasons = ImmutableArray.CreateBuilder<string>();
    private Verdict verdict = Verdict.Succeed;
    private bool tooSlow;

    /// <summary>Failures that prove nothing; null for none.</summary>
    public Excuse? Excuse { get; init; }

    /// <summary>Backends that were never led to; null for none.</summary>
    public MissingBackends? Missing { get; init; }

    private long Ended => shard.Sent - shard.Cancelled;

    public TargetVerdict Judge()
    {
        // 1. Evidence.
        if (Ended <= 0)
            return new(shard.Target, Verdict.Unknown, ["no request was sent and answered for"]);

        // 2. and 3. Expectations.
        HoldSuccessRate();
        HoldMeanDelay();

        // 4. What is missing.
        if (shard.Unsent > 0)
            Find(Verdict.Unknown, $"the agent did not send {shard.Unsent} of {shard.Planned} requests");
        if (shard.Cancelled > 0)
            Find(Verdict.Unknown, $"{shard.Cancelled} requests were under way when the round was cut short");

        // 5. Who is missing.
        if (Missing is { } missing)
            Find(Verdict.Fail, $"{missing.Why}");
        return new(shard.Target, verdict, reasons.ToImmutable()) { TooSlow = tooSlow };
    }

    private void HoldSuccessRate()
    {
        if (Rate(shard.Succeeded) >= expect.SuccessRate)
            return;
        var numbers = string.Create(CultureInfo.InvariantCulture,
            $"success rate {Floor(shard.Succeeded):0.######} is below the expected {expect.SuccessRate:0.##########} ({shard.Succeeded} of {Ended} requests; {FailureCounts.Words(shard.Failures)}){Evidence()}");
        var own = OwnFailures();
        var excused = Excuse?.Failures ?? 0;
        var words = string.Create(CultureInfo.InvariantCulture, $"{(own > 0 ? $"; {own} of the failures may be the agent's own" : "")}{(excused > 0 ? $"; {excused} of the failures {Excuse!.Words}" : "")}");
        if (Rate(Ended - (shard.Failed - Math.Min(shard.Failed, own + excused))) < expect.SuccessRate)
            Find(Verdict.Fail, $"{numbers}{(excused > 0 ? words : "")}");
        else
            Find(Verdict.Unknown, $"{numbers}{words}");
    }

    // Of the most frequent failure: what a person should know beyond its stage and cause, and what to do about it.
    private string Evidence()
    {
        if (shard.Failures.Count == 0)
            return "";
        var most = FailureCounts.Ordered(shard.Failures).First().Key;
        var sample = shard.Samples.Find(kept => kept.Failure == most)?.Text;
        var known = string.IsNullOrEmpty(sample) ? "" : $"; for example: {sample}";
        return FailureRemedies.Of(most) is { } remedy ? $"{known}; {remedy}" : known;
    }

    private void HoldMeanDelay()
    {
        if (shard.Latency.Mean / 1e6 is not { } mean)
        {
            if (verdict == Verdict.Succeed)
                Find(Verdict.Unknown, $"no request succeeded: there is no delay to measure");
            return;
        }
        var limit = expect.MeanDelay.TotalMilliseconds;
        if (mean <= limit)
            return;

        // The delay runs from the intended start: what it has beyond that from the actual one is the agent's own.
        if (shard.SendLatency.Mean / 1e6 is { } sent && sent <= limit)
        {
            Find(Verdict.Unknown, $"mean delay {mean:0.######} ms is above the expected {limit:0.######} ms, and {sent:0.######} ms without the agent's own lateness");
            return;
        }
        tooSlow = !overloaded;
        Find(overloaded ? Verdict.Unknown : Verdict.Fail, $"mean delay {mean:0.######} ms is above the expected {limit:0.######} ms");
    }

    // A local resource is the agent's by definition; a timeout runs from the intended start, so an agent that is late makes its own.
    private long OwnFailures() => shard.Failures
        .Where(failure => failure.Key.Cause == FailureCause.LocalResource || (overloaded && failure.Key.Cause == FailureCause.TimedOut))
        .Sum(failure => failure.Value);

    private double Rate(long succeeded) => (double)succeeded / Ended;

    // Rounded down, so that a rate below the expected one never reads as equal to it.
    private decimal Floor(long succeeded) => Math.Round((decimal)succeeded / Ended, 6, MidpointRounding.ToZero);

    private void Find(Verdict found, FormattableString reason)
    {
        // Fail outweighs Unknown, and both outweigh Succeed.
        if (verdict != Verdict.Fail && found != Verdict.Succeed)
            verdict = found;
        reasons.Add(FormattableString.Invariant(reason));
    }
}
