using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Reconciling;

/// <summary>A task object's status as a function of what the store holds. Pure: the same facts give the same text, so an unchanged status is never written.</summary>
internal static class StatusProjection
{
    private const int MaxMessageLength = 4096;

    // The fields that the controller always writes; "resource" stays as it is where there is nothing new to say of a task's own agents.
    private static readonly HashSet<string> Known =
        [.. StatusJson.Default.TaskObjectStatus.Properties.Select(property => property.Name).Where(name => name != "resource")];

    /// <summary>Whether a status says that all rounds have run.</summary>
    public static bool AllRan(JsonObject? status) =>
        status?.Deserialize(StatusJson.Default.TaskObjectStatus) is { ExpectedRound: > 0 and var expected, DoneRound: { } done } && done >= expected;

    /// <summary>What a status says of a round that waits; null where none does, or where an older spec's round did.</summary>
    public static WaitingStatus? Waiting(JsonObject? status, long? generation) =>
        status?.Deserialize(StatusJson.Default.TaskObjectStatus) is { Waiting: { } waiting } all && all.ObservedGeneration == generation ? waiting : null;

    /// <summary>The status of a task that is served, or would be if there were not too many.</summary>
    /// <param name="task">The task.</param>
    /// <param name="facts">What is known of its rounds.</param>
    /// <param name="before">The status that the object has; what this controller does not write is kept.</param>
    /// <param name="now">For the transition time of a condition that changes now.</param>
    public static JsonObject Accepted(TaskDefinition task, TaskFacts facts, JsonObject? before, DateTimeOffset now)
    {
        var ended = facts.Rounds.FirstOrDefault(round => round.State == RoundState.Ended);
        var status = new TaskObjectStatus
        {
            ObservedGeneration = task.Generation,
            ExpectedRound = task.Rounds ?? -1,
            DoneRound = facts.Done,
            Finish = facts.Finished,
            FinishTime = facts.Finished ? ended?.Ended : null,
            LastRoundStatus = ended?.Generation == task.Generation && ended.Verdict is { } verdict ? ReportWords.Of(verdict) : null,
            ScheduleStartTime = facts.Since,
            MissedRounds = facts.Missed is { } missed ? new MissedRoundsStatus { Count = (int)Math.Min(missed.Count, int.MaxValue), LastTime = missed.Last } : null,
            Waiting = facts.Waiting,
            Resource = facts.Runtime?.Resource,
            Conditions = [
                facts.Crowd is { } crowd
                    ? Condition(before, "Accepted", "False", "TooManyTasks", crowd, task.Generation, now)
                    : Condition(before, "Accepted", "True", "Valid", "the task is served", task.Generation, now),
                .. AgentsMade(before, facts.Runtime, task.Generation, now),
            ],
            History = [.. facts.Rounds.Take(TaskObjectStatus.KeptRounds).Select(History)],
        };
        return Over(before, status);
    }

    /// <summary>The status of a task that is not served, with every problem.</summary>
    /// <param name="problems">What is wrong with it.</param>
    /// <param name="runtime">Its own agents, which go; null where there is nothing to say of them.</param>
    /// <param name="generation">The spec's.</param>
    /// <param name="before">The status that the object has; what is not said here is kept.</param>
    /// <param name="now">For the transition time of a condition that changes now.</param>
    public static JsonObject Refused(IReadOnlyCollection<Problem> problems, RuntimeState? runtime, long generation, JsonObject? before, DateTimeOffset now)
    {
        var message = Bounded(string.Join("\n", problems.Select(problem => problem.Field.Length == 0 ? problem.Text : $"{problem.Field}: {problem.Text}")));
        var told = before?.Deserialize(StatusJson.Default.TaskObjectStatus) ?? new TaskObjectStatus();

        // What an earlier spec came to is not this one's.
        if ((told.History?.FirstOrDefault(round => round.EndTimeStamp is not null)?.Generation ?? told.ObservedGeneration) != generation)
            told = told with { Finish = false, FinishTime = null, LastRoundStatus = null };
        var status = told with
        {
            ObservedGeneration = generation,
            Waiting = null,
            Resource = runtime?.Resource ?? told.Resource,
            Conditions = [Condition(before, "Accepted", "False", "Invalid", message, generation, now), .. AgentsMade(before, runtime, generation, now)],
        };
        return Over(before, status);
    }

    private static IEnumerable<ConditionStatus> AgentsMade(JsonObject? before, RuntimeState? runtime, long generation, DateTimeOffset now) =>
        runtime?.Problem is { } problem ? [Condition(before, "AgentsMade", "False", "Refused", Bounded(problem), generation, now)] : [];

    private static RoundHistoryStatus History(RoundRow round) => new()
    {
        RoundNumber = round.Id.Number,
        Generation = round.Generation,
        Status = round.Verdict is { } verdict ? ReportWords.Of(verdict) : "ongoing",
        FailureReason = round.Verdict is null or Verdict.Succeed ? null : round.Summary,
        StartTimeStamp = round.Start,
        EndTimeStamp = round.Ended,
        Duration = round.Ended is { } ended ? string.Create(CultureInfo.InvariantCulture, $"{(ended - round.Start).TotalSeconds:0.######}s") : null,
        DeadLineTimeStamp = round.Deadline,
        ExpectedActorNumber = round.Agents,
        FailedAgentNodeList = round.Tally?.FailedNodes,
        SucceedAgentNodeList = round.Tally?.SucceededNodes,
        NotReportAgentNodeList = round.Tally?.SilentNodes,
    };

    private static string Bounded(string message) => message.Length > MaxMessageLength ? message[..MaxMessageLength] + "..." : message;

    private static ConditionStatus Condition(JsonObject? before, string type, string status, string reason, string message, long generation, DateTimeOffset now)
    {
        var old = before?.Deserialize(StatusJson.Default.TaskObjectStatus)?.Conditions?.FirstOrDefault(condition => condition.Type == type);
        return new ConditionStatus
        {
            Type = type,
            Status = status,
            ObservedGeneration = generation,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
            Reason = reason,
            Message = message,
        };
    }

    // Fields of ours replace or vanish; fields that we do not know stay.
    private static JsonObject Over(JsonObject? before, TaskObjectStatus status)
    {
        var projected = JsonSerializer.SerializeToNode(status, StatusJson.Default.TaskObjectStatus)!.AsObject();
        foreach (var (name, value) in before ?? [])
        {
            if (!Known.Contains(name) && !projected.ContainsKey(name))
                projected[name] = value?.DeepClone();
        }
        return projected;
    }
}

/// <summary>What is known of a task's rounds.</summary>
/// <param name="Rounds">The newest, newest first.</param>
/// <param name="Done">How many have ended, without those that were superseded.</param>
/// <param name="Finished">Whether no further round will run.</param>
/// <param name="Missed">Due times without a round, so far.</param>
/// <param name="Waiting">The round that is due and waits; null when none does.</param>
internal sealed record TaskFacts(IReadOnlyList<RoundRow> Rounds, int Done, bool Finished, MissedRounds? Missed, WaitingStatus? Waiting)
{
    /// <summary>The edit from which the schedule counts; null for the task's creation.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why there is no place for the task; null where there is one.</summary>
    public string? Crowd { get; init; }

    /// <summary>The task's own agents; null where there is nothing to say of them.</summary>
    public RuntimeState? Runtime { get; init; }
}

/// <summary>The status as JSON, instants in UTC.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(TaskObjectStatus))]
[JsonSerializable(typeof(TaskResourceStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
