using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Core.Reports;

/// <summary>
/// The document people read: one per task, with the latest round in full and the rounds before it in brief. Served as
/// <c>system.kdoctor.io/v1beta1 KdoctorReport</c>; <c>docs/reference/kdoctorreport.schema.json</c> is its schema. An absent field is
/// not known; it is never zero instead.
/// </summary>
public sealed record KdoctorReport
{
    /// <summary>The API group of reports.</summary>
    public const string Group = "system.kdoctor.io";

    /// <summary>The only version so far.</summary>
    public const string Version = "v1beta1";

    /// <summary><c>system.kdoctor.io/v1beta1</c>.</summary>
    public string ApiVersion { get; init; } = $"{Group}/{Version}";

    /// <summary><c>KdoctorReport</c>.</summary>
    public string Kind { get; init; } = nameof(KdoctorReport);

    /// <summary>Name and identity.</summary>
    public required ReportMetadata Metadata { get; init; }

    /// <summary>The task that is reported on.</summary>
    public required ReportTask Task { get; init; }

    /// <summary>How far the task is.</summary>
    public required ReportStatus Status { get; init; }

    /// <summary>What was found.</summary>
    public required ReportBody Report { get; init; }

    /// <summary>
    /// The report's name: <c>netreach-reach-task</c> for the NetReach <c>reach-task</c>, and <c>netreach-reach-task:57</c> for its round 57. No Kubernetes
    /// object's name has a colon (RFC 1123 section 2.1), so that no task's is taken for a round's.
    /// </summary>
    public static string NameOf(string taskKind, string taskName, int? round = null)
    {
        ArgumentNullException.ThrowIfNull(taskKind);
        ArgumentNullException.ThrowIfNull(taskName);
#pragma warning disable CA1308 // Kubernetes names are lower case.
        return RoundOf($"{taskKind.ToLowerInvariant()}-{taskName}", round);
#pragma warning restore CA1308
    }

    /// <summary>The name under which a round of a report is asked for; the report's own where no round is named.</summary>
    public static string RoundOf(string name, int? round) =>
        round is { } number ? string.Create(CultureInfo.InvariantCulture, $"{name}:{number}") : name;
}

/// <summary>The part of Kubernetes' ObjectMeta that a report has.</summary>
/// <param name="Name">The kind in lower case and the task's name: <c>netreach-reach-task</c>; with a colon and a number, that of one round.</param>
/// <param name="Uid">The task's uid.</param>
/// <param name="CreationTimestamp">When the task was created; null when that is not known.</param>
/// <param name="ResourceVersion">Changes whenever the report does.</param>
/// <param name="Labels">The task's labels.</param>
public sealed record ReportMetadata(
    string Name, string? Uid, DateTimeOffset? CreationTimestamp, string? ResourceVersion, IReadOnlyDictionary<string, string>? Labels);

/// <summary>The task that is reported on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Generation">The generation of the spec that is shown; null where an older controller does not say.</param>
/// <param name="Spec">The spec with which the round ran that is shown in full, and before the first its present one, under <c>netReach</c>, <c>appHttpHealthy</c> or <c>netDns</c>; in the place of credentials in header fields and variables stands <c>(redacted)</c>.</param>
public sealed record ReportTask(string Name, string Kind, long? Generation, JsonObject Spec);

/// <summary>How far a task is.</summary>
public sealed record ReportStatus
{
    /// <summary>The generation of the task's present spec; a round of an earlier one says nothing of it. Null where an older controller does not say.</summary>
    public long? TaskGeneration { get; init; }

    /// <summary>Rounds that the task asks for; -1 for ever.</summary>
    public required int TotalRoundNumber { get; init; }

    /// <summary>How many of them have ended, without those that an edit superseded.</summary>
    public required int RoundFinishedNumber { get; init; }

    /// <summary><c>NotStarted</c>, <c>OnGoing</c> or <c>Finished</c>: the latest round's state.</summary>
    public required string Status { get; init; }

    /// <summary>The latest round's number; 0 before the first.</summary>
    public required int RoundNumber { get; init; }

    /// <summary>When the next round is due; null when there is none or it is not known.</summary>
    public DateTimeOffset? NextRoundTimeStamp { get; init; }

    /// <summary>The round that is due and waits; null when none does.</summary>
    public WaitingReport? Waiting { get; init; }
}

/// <summary>A round that is due and waits: the task's <c>status.waiting</c>.</summary>
/// <param name="For"><c>agents</c> that are on their way, or <c>budgets</c> that others have to leave room in.</param>
/// <param name="Since">Since when it waits; null when it waits for agents.</param>
/// <param name="DueTimeStamp">When it was due.</param>
/// <param name="Reason">Which agents it waits for and until when at the latest, or which budget, with both numbers.</param>
public sealed record WaitingReport(string For, DateTimeOffset? Since, DateTimeOffset? DueTimeStamp, string? Reason);

/// <summary>What was found.</summary>
public sealed record ReportBody
{
    /// <summary>The latest round in brief; null before the first.</summary>
    public RoundSummary? LatestRound { get; init; }

    /// <summary>Requests so far; only while a round runs.</summary>
    public RoundProgress? Progress { get; init; }

    /// <summary>
    /// One per agent of the newest round that has ended, silent ones included; while the first round runs, of that one. Each names its round.
    /// </summary>
    public IReadOnlyList<AgentReport> LatestRoundReport { get; init; } = [];

    /// <summary>What the same round's failures point at, each with its evidence; at most 20, and then how many more.</summary>
    public IReadOnlyList<FindingReport> Findings { get; init; } = [];

    /// <summary>The same round by channel and family, over all agents that reported in time.</summary>
    public IReadOnlyList<ChannelReport> Channels { get; init; } = [];

    /// <summary>What the task asked for and the same round could not test, and why.</summary>
    public IReadOnlyList<LeftOutReport> LeftOut { get; init; } = [];

    /// <summary>Facts about the place that a reader needs.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Rounds, newest first, the latest included.</summary>
    public IReadOnlyList<RoundSummary> History { get; init; } = [];

    /// <summary>Due times at which no round could start; null when there were none.</summary>
    public MissedRounds? MissedRounds { get; init; }
}

/// <summary>A component that failures point at.</summary>
/// <param name="Component">What is blamed, for example <c>what agent a on node-1 sends over podIP IPv4</c>.</param>
/// <param name="Evidence">Who failed there and how, and who did not.</param>
public sealed record FindingReport(string Component, string Evidence);

/// <summary>Something that the task asked for and that could not be tested.</summary>
/// <param name="Channel">The channel, for example <c>ingress</c>.</param>
/// <param name="Family"><c>IPv4</c> or <c>IPv6</c>; null for both.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftOutReport(string Channel, string? Family, string Reason);
