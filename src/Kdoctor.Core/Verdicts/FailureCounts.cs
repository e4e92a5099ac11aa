using Kdoctor.Core.Results;

namespace Kdoctor.Core.Verdicts;

/// <summary>Failures counted by stage and cause, in the one order that every output has, whatever order they came in.</summary>
internal static class FailureCounts
{
    /// <summary>Most frequent first; of equally many, the earlier stage first.</summary>
    public static IEnumerable<KeyValuePair<Failure, long>> Ordered(IEnumerable<KeyValuePair<Failure, long>> failures) => failures
        .OrderByDescending(failure => failure.Value)
        .ThenBy(failure => failure.Key.Stage)
        .ThenBy(failure => failure.Key.Cause);

    /// <summary>For example <c>connect: refused: 3, verify: wrong status: 1</c>.</summary>
    public static string Words(IEnumerable<KeyValuePair<Failure, long>> failures) =>
        string.Join(", ", Ordered(failures).Select(failure => FormattableString.Invariant($"{failure.Key}: {failure.Value}")));
}
