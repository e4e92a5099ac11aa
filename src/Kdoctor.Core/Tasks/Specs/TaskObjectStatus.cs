using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>The status of a task object, the same for every kind. (TaskStatus is a name of the base library.)</summary>
[Description("What became of the task so far.")]
public sealed record TaskObjectStatus
{
    /// <summary>How many rounds <see cref="History"/> keeps, newest first; older ones are in the report store only.</summary>
    public const int KeptRounds = 10;

    [Description("The generation of the spec that this status speaks of.")]
    public long? ObservedGeneration { get; init; }

    [Description("How many rounds will run. -1 is for ever.")]
    public int? ExpectedRound { get; init; }

    [Description("How many of them have ended, without those that an edit of the spec superseded.")]
    public int? DoneRound { get; init; }

    [Description("Whether the last round has ended. It ran with the spec that observedGeneration names: an edited task is not finished before a round of its new spec has ended.")]
    public bool? Finish { get; init; }

    [Description("When the last round ended.")]
    public DateTimeOffset? FinishTime { get; init; }

    [AllowedValues("succeed", "fail", "unknown")]
    [Description("The verdict of the newest round that ended; unknown where the evidence is not enough. Absent where that round ran with an earlier spec: history tells of it.")]
    public string? LastRoundStatus { get; init; }

    [Description("The edit from which the schedule counts. Absent where it counts from the task's creation.")]
    public DateTimeOffset? ScheduleStartTime { get; init; }

    [Description("The workload of the task's own agents.")]
    public TaskResourceStatus? Resource { get; init; }

    [Description("Due times that passed without a round.")]
    public MissedRoundsStatus? MissedRounds { get; init; }

    [Description("A round that is due and waits: for agents that are on their way, or until others leave it room in the request budgets.")]
    public WaitingStatus? Waiting { get; init; }

    [Description("Whether the task was accepted, and if not, every reason.")]
    public IReadOnlyList<ConditionStatus>? Conditions { get; init; }

    [Description("The newest 10 rounds, newest first.")]
    public IReadOnlyList<RoundHistoryStatus>? History { get; init; }
}

/// <summary>The workload of the task's own agents.</summary>
[Description("The workload of the task's own agents.")]
public sealed record TaskResourceStatus
{
    [Description("The workload's name.")]
    public string? RuntimeName { get; init; }

    [Description("The workload's kind.")]
    public string? RuntimeType { get; init; }

    [Description("The IPv4 service's name.")]
    public string? ServiceNameV4 { get; init; }

    [Description("The IPv6 service's name.")]
    public string? ServiceNameV6 { get; init; }

    [AllowedValues("creating", "created", "deleted")]
    [Description("The workload's state.")]
    public string? RuntimeStatus { get; init; }
}

/// <summary>Due times that passed without a round: a bounded summary, however long the controller was away.</summary>
[Description("Due times that passed without a round.")]
public sealed record MissedRoundsStatus
{
    [Range(0, int.MaxValue)]
    [Description("How many.")]
    public int? Count { get; init; }

    [Description("The newest of them.")]
    public DateTimeOffset? LastTime { get; init; }
}

/// <summary>A round that waits. The controller reads one that waits for the request budgets again after a restart, so that no place in the line is lost.</summary>
[Description("A round that is due and waits: for agents that are on their way, or until others leave it room in the request budgets.")]
public sealed record WaitingStatus
{
    /// <summary>The value of <see cref="For"/> of a round that waits for agents.</summary>
    public const string Agents = "agents";

    /// <summary>The value of <see cref="For"/> of a round that waits for the request budgets.</summary>
    public const string Budgets = "budgets";

    [AllowedValues(Agents, Budgets)]
    [Description("What it waits for.")]
    public string? For { get; init; }

    [Description("Since when it waits.")]
    public DateTimeOffset? Since { get; init; }

    [Description("When it was due.")]
    public DateTimeOffset? DueTimeStamp { get; init; }

    [Description("Which agents it waits for and until when at the latest, or which budget, with both numbers.")]
    public string? Reason { get; init; }
}

/// <summary>meta/v1 Condition.</summary>
[Description("One fact about the task: meta/v1 Condition.")]
public sealed record ConditionStatus
{
    [Required]
    [Description("The fact's name, for example Accepted.")]
    public string? Type { get; init; }

    [Required]
    [AllowedValues("True", "False", "Unknown")]
    [Description("Whether it holds.")]
    public string? Status { get; init; }

    [Description("The generation of the spec that it speaks of.")]
    public long? ObservedGeneration { get; init; }

    [Description("When it last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Description("Why, in one word.")]
    public string? Reason { get; init; }

    [Description("Why, for a person.")]
    public string? Message { get; init; }
}

/// <summary>One round.</summary>
[Description("One round.")]
public sealed record RoundHistoryStatus
{
    [Range(1, int.MaxValue)]
    [Description("The round's number, from 1.")]
    public int? RoundNumber { get; init; }

    [Range(1, long.MaxValue)]
    [Description("The generation of the spec that it ran with.")]
    public long? Generation { get; init; }

    [AllowedValues("succeed", "fail", "unknown", "ongoing", "notstarted")]
    [Description("What became of it; unknown where the evidence is not enough.")]
    public string? Status { get; init; }

    [Description("Why it failed.")]
    public string? FailureReason { get; init; }

    [Description("When it started.")]
    public DateTimeOffset? StartTimeStamp { get; init; }

    [Description("When it ended.")]
    public DateTimeOffset? EndTimeStamp { get; init; }

    [Description("How long it took, for example 12.5s.")]
    public string? Duration { get; init; }

    [Description("When it ends at the latest.")]
    public DateTimeOffset? DeadLineTimeStamp { get; init; }

    [Range(0, int.MaxValue)]
    [Description("How many agents should take part.")]
    public int? ExpectedActorNumber { get; init; }

    [Description("The nodes whose agents failed.")]
    public IReadOnlyList<string>? FailedAgentNodeList { get; init; }

    [Description("The nodes whose agents succeeded.")]
    public IReadOnlyList<string>? SucceedAgentNodeList { get; init; }

    [Description("The nodes whose agents said nothing.")]
    public IReadOnlyList<string>? NotReportAgentNodeList { get; init; }
}
