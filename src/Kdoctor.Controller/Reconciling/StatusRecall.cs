using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// What a task's own status tells of its rounds, where the store is newer than the task: a pod with a volume of its own was replaced, say. What the status
/// says of rounds that ended stays as it is. Of one that ran nobody knows what it found: it counts as done, unknown, for its load was sent. Pure.
/// </summary>
internal static class StatusRecall
{
    /// <summary>What is said of a round that ran when its records were lost.</summary>
    public const string Lost = "the records of this round were lost with the store of the controller that ran it: nobody knows what it found, and it is not run again";

    private const string Superseded = "superseded: ";

    /// <summary>The rounds; null where the status tells of none.</summary>
    public static RecalledTask? Read(TaskDefinition task, JsonObject? status, DateTimeOffset now)
    {
        if (status?.Deserialize(StatusJson.Default.TaskObjectStatus) is not { History: { } history } told)
            return null;
        ImmutableArray<RoundRow> rounds = [.. history
            .Where(round => round is { RoundNumber: > 0, StartTimeStamp: not null, Status: not null })
            .DistinctBy(round => round.RoundNumber)
            .Select(round => Row(task, round, told.ObservedGeneration ?? task.Generation, now))
            .OrderByDescending(round => round.Id.Number)];
        if (rounds.IsEmpty)
            return null;
        var last = rounds[0].Id.Number;
        var done = Math.Clamp((told.DoneRound ?? 0) + rounds.Count(round => round.Summary == Lost && round.Ended == now), 0, last);
        return new RecalledTask(task.Uid, rounds, new TaskTotals
        {
            Done = done,
            Superseded = last - done,
            Since = told.ScheduleStartTime ?? rounds.FirstOrDefault(round => round.Superseded)?.Ended,
            Missed = told.MissedRounds is { Count: > 0 and var count, LastTime: { } missed } ? new MissedRounds(count, missed, missed) : null,
        });
    }

    // When it was due is not told; it started then or soon after, and before the next time.
    private static RoundRow Row(TaskDefinition task, RoundHistoryStatus round, long generation, DateTimeOffset now)
    {
        Verdict? verdict = round.Status switch { "succeed" => Verdict.Succeed, "fail" => Verdict.Fail, "unknown" => Verdict.Unknown, _ => null };
        var start = round.StartTimeStamp!.Value;
        return new RoundRow
        {
            Id = new RoundId(task.Uid, round.RoundNumber!.Value),
            TaskName = task.Name,
            TaskKind = task.Kind.ToString(),
            Generation = round.Generation ?? generation,
            Due = start,
            Start = start,
            Deadline = round.DeadLineTimeStamp ?? start + task.RoundTimeout,
            State = RoundState.Ended,
            Agents = round.ExpectedActorNumber ?? 0,
            Ended = round.EndTimeStamp ?? now,
            Verdict = verdict ?? Verdict.Unknown,
            Superseded = verdict is not null && round.FailureReason?.StartsWith(Superseded, StringComparison.Ordinal) == true,
            Summary = verdict is null ? Lost : round.FailureReason,
            Tally = verdict is null ? null : Tally(round),
            Recalled = true,
        };
    }

    private static RoundTally Tally(RoundHistoryStatus round) => new()
    {
        Reported = Count(round.SucceedAgentNodeList) + Count(round.FailedAgentNodeList),
        Requests = new RequestTotals(0, 0, 0, 0, 0, 0),
        SucceededNodes = [.. round.SucceedAgentNodeList ?? []],
        FailedNodes = [.. round.FailedAgentNodeList ?? []],
        SilentNodes = [.. round.NotReportAgentNodeList ?? []],
        FailedAgents = [],
        SilentAgents = [],
    };

    // A list that was cut says in its last entry how many are missing.
    private static int Count(IReadOnlyList<string>? nodes) =>
        nodes is not { Count: > RoundTally.Kept } ? nodes?.Count ?? 0
        : int.TryParse(nodes[^1].Split(' ').ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out var more) ? nodes.Count - 1 + more : nodes.Count;
}
