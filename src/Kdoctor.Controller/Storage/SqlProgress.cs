using System.Data.Common;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;

namespace Kdoctor.Controller.Storage;

/// <summary>The table of what is told of running rounds: one row for each, as long as it runs.</summary>
internal static class SqlProgress
{
    public const string Select =
        """
        SELECT task_uid, number, task_kind, task_name, planned, sent, succeeded, failed, connected, reported
        FROM progress JOIN rounds ON seq = round WHERE state = 1 ORDER BY seq
        """;

    public static Task<int> TellAsync(DbConnection connection, ToldProgress told, CancellationToken cancellation) => connection.Query(
        """
        INSERT INTO progress (round, planned, sent, succeeded, failed, connected, reported)
        SELECT seq, @planned, @sent, @succeeded, @failed, @connected, @reported FROM rounds WHERE task_uid = @uid AND number = @number AND state = 1
        ON CONFLICT (round) DO UPDATE SET planned = excluded.planned, sent = excluded.sent, succeeded = excluded.succeeded, failed = excluded.failed,
            connected = excluded.connected, reported = excluded.reported
        """,
        ("@uid", told.Id.TaskUid), ("@number", told.Id.Number), ("@planned", told.Progress.Planned), ("@sent", told.Progress.Sent), ("@succeeded", told.Progress.Succeeded),
        ("@failed", told.Progress.Failed), ("@connected", told.Progress.AgentsConnected), ("@reported", told.Progress.AgentsDone)).ExecuteAsync(cancellation);

    public static Task<int> ForgetAsync(DbConnection connection, RoundId id, CancellationToken cancellation) => connection.Query(
        "DELETE FROM progress WHERE round IN (SELECT seq FROM rounds WHERE task_uid = @uid AND number = @number)", ("@uid", id.TaskUid), ("@number", id.Number)).ExecuteAsync(cancellation);

    public static ToldProgress Read(DbDataReader row) => new(
        new RoundId(row.Text("task_uid"), row.Int("number")),
        row.Text("task_kind"),
        row.Text("task_name"),
        new RoundProgress(row.Long("planned"), row.Long("sent"), row.Long("succeeded"), row.Long("failed"), row.Int("connected"), row.Int("reported")));
}
