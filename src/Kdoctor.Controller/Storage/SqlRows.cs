using System.Data.Common;
using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Storage;

/// <summary>Rows of the rounds table as records.</summary>
internal static class SqlRows
{
    public const string SummaryColumns = "task_uid, number, task_name, task_kind, generation, due, start, deadline, state, agents, ended, verdict, summary, tally, superseded, CASE WHEN " + HasPlan + " THEN 0 ELSE 1 END AS recalled";
    /// <summary>What a round that was only recalled has not.</summary>
    public const string HasPlan = "length(plan) > 0";

    public const string TotalsColumns = "done, superseded, since, missed, first_missed, last_missed";
    public const string RecordColumns = "plan, intent, state, result";

    public static RoundRow Summary(DbDataReader row) => new()
    {
        Id = new RoundId(row.Text("task_uid"), row.Int("number")),
        TaskName = row.Text("task_name"),
        TaskKind = row.Text("task_kind"),
        Generation = row.Long("generation"),
        Due = row.Instant("due"),
        Start = row.Instant("start"),
        Deadline = row.Instant("deadline"),
        State = (RoundState)row.Int("state"),
        Agents = row.Int("agents"),
        Ended = row.InstantOrNull("ended"),
        Verdict = row.IsDBNull(row.GetOrdinal("verdict")) ? null : (Verdict)row.Int("verdict"),
        Superseded = row.Int("superseded") != 0,
        Recalled = row.Int("recalled") != 0,
        Summary = row.IsDBNull(row.GetOrdinal("summary")) ? null : row.Text("summary"),
        Tally = row.Blob("tally") is { } tally ? RoundBlobs.Unpack(tally, RoundJson.Default.RoundTally) : null,
    };

    public static TaskTotals Totals(DbDataReader row) => new()
    {
        Done = row.Int("done"),
        Superseded = row.Int("superseded"),
        Since = row.InstantOrNull("since"),
        Missed = row.Long("missed") is > 0 and var missed ? new MissedRounds(missed, row.Instant("first_missed"), row.Instant("last_missed")) : null,
    };

    public static JsonObject Spec(DbDataReader row) => RoundBlobs.Unpack(row.Blob("intent") ?? [], RoundJson.Default.StoredIntent).Spec;

    public static RoundRecord Record(DbDataReader row)
    {
        var intent = RoundBlobs.Unpack(row.Blob("intent") ?? [], RoundJson.Default.StoredIntent);
        return new RoundRecord
        {
            Plan = RoundBlobs.Unpack(row.Blob("plan") ?? [], RoundJson.Default.RoundPlan),
            Expect = intent.Expect,
            Spec = intent.Spec,
            State = (RoundState)row.Int("state"),
            Verdict = row.Blob("result") is { } result ? RoundBlobs.Unpack(result, RoundJson.Default.RoundVerdict) : null,
        };
    }
}
