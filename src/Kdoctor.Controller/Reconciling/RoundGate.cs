using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Collecting;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Planning.Budgets;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Lets rounds begin as the request budgets allow. What runs is asked of the collector, which takes it up again after a restart; since when a round
/// waits stands in its task's status. So whoever leads next goes on with the same line.
/// </summary>
internal sealed class RoundGate(RequestBudgets budgets, RoundCollector collector, TimeProvider time)
{
    private readonly BudgetLine line = new(budgets);

    /// <summary>The round of this spec that waits for the budgets, as the task's status says; null when none does.</summary>
    public static WaitingStatus? Waiting(JsonObject? status, long generation) =>
        StatusProjection.Waiting(status, generation) is { For: not WaitingStatus.Agents, Since: not null, DueTimeStamp: not null } waiting ? waiting : null;

    /// <summary>Asks for a round that is due.</summary>
    /// <returns>The plan to begin with, which says so if it had to wait, or cannot be run at all; or the status of one that waits, and until when.</returns>
    public (RoundPlan? Begin, WaitingStatus? Waiting, DateTimeOffset Until) Ask(RoundPlan plan, WaitingStatus? waited)
    {
        var now = time.GetUtcNow();
        var since = waited?.Since ?? now;
        var running = collector.Demands.Where(other => other.Ends > plan.Start).ToList();
        switch (line.Ask(RoundDemand.Of(plan), since, running))
        {
            case BudgetWaits waits:
                return (null, new WaitingStatus { For = WaitingStatus.Budgets, Since = since, DueTimeStamp = plan.Due, Reason = waits.Reason }, waits.Until);
            case BudgetNever never:
                return (plan.WithoutLoad(never.Reason), null, now);
            default:
                return (waited is null ? plan : plan with { Notes = [.. plan.Notes, Note(waited, now)] }, null, now);
        }
    }

    /// <summary>A task has no round that waits.</summary>
    public void Leave(string taskUid) => line.Leave(taskUid);

    private static string Note(WaitingStatus waited, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"this round waited {(now - waited.Since!.Value).TotalSeconds:0.#} s for the request budgets: {waited.Reason}");
}
