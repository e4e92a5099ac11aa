using System.Collections.Immutable;

namespace Kdoctor.Controller.Storage;

/// <summary>What a task's own status tells of its rounds, for a store that is newer than they are.</summary>
/// <param name="Uid">The task's uid.</param>
/// <param name="Rounds">The rounds that the status lists, all of them ended; not empty.</param>
/// <param name="Totals">What is counted of the task, with the rounds that the status no longer lists.</param>
public sealed record RecalledTask(string Uid, ImmutableArray<RoundRow> Rounds, TaskTotals Totals);
