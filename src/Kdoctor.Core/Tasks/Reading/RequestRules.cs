using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>What must hold between the load, the round's timeout and the place's limits.</summary>
internal static class RequestRules
{
    private static readonly FieldPath Section = FieldPath.Spec.Field("request");

    public static void Check(RequestSpec request, TaskKind kind, TimeSpan? roundTimeout, TaskLimits limits, ProblemList problems)
    {
        var most = limits.QpsOf(kind);
        if (request.Qps > most)
        {
            problems.Add(
                Section.Field("qps"),
                $"is {request.Qps}, but {kind} is limited to {most} requests per second here",
                "lower it, or raise the limit in the controller's configuration");
        }

        if (roundTimeout is not { } timeout || !problems.Clean(ScheduleRules.Timeout))
            return;
        if (TimeSpan.FromSeconds(request.DurationInSecond) >= timeout)
        {
            problems.Add(
                Section.Field("durationInSecond"),
                $"is {request.DurationInSecond} (seconds), but must be below the round's timeout of {DurationWords.Of(timeout)}",
                "shorten it, or lengthen the round");
        }

        if (TimeSpan.FromMilliseconds(request.PerRequestTimeoutInMS) >= timeout)
        {
            problems.Add(
                Section.Field("perRequestTimeoutInMS"),
                $"is {request.PerRequestTimeoutInMS} (milliseconds), but must be below the round's timeout of {DurationWords.Of(timeout)}",
                "shorten it, or lengthen the round");
        }
    }
}
