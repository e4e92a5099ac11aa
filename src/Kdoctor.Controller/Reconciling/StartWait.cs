using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Whether a round that is due waits for agents, so that one whose pod is just starting is not called silent. It never waits long: who is not there
/// then is named in the report. Pure.
/// </summary>
internal static class StartWait
{
    // Of the time within which a due time is not yet missed.
    private const double ShareOfWindow = 0.8;

    /// <param name="task">The task.</param>
    /// <param name="decision">The round.</param>
    /// <param name="snapshot">Its agents, with the word of their streams.</param>
    /// <param name="started">When the controller began to take streams.</param>
    /// <param name="now">The clock.</param>
    /// <param name="options">The bounds.</param>
    public static bool Holds(TaskDefinition task, StartDecision decision, ClusterSnapshot snapshot, DateTimeOffset started, DateTimeOffset now, ReconcilerOptions options)
    {
        var settles = now < started + options.Settle && (snapshot.Agents.IsEmpty || snapshot.Agents.Any(agent => agent is { Connected: false, Absence: null }));

        // Agents of the task's own that are not even there yet are on their way.
        var mayCome = snapshot.Agents.Any(agent => agent.MayCome) || (snapshot.Agents.IsEmpty && task.OwnAgents is { DeploymentReplicas: not 0 });
        return (settles || mayCome) && now < Until(task, decision, started, options);
    }

    // The first round may start late, also one that was due while no controller ran; of the others, and of crontabs, the due time must not be missed for waiting.
    private static DateTimeOffset Until(TaskDefinition task, StartDecision decision, DateTimeOffset started, ReconcilerOptions options)
    {
        if (decision.Number == 1 && task.Schedule.Interval is { } interval)
            return (decision.Due > started ? decision.Due : started) + (task.Rounds == 1 || options.FirstRoundWait < interval / 2 ? options.FirstRoundWait : interval / 2);
        var next = task.Schedule.After(task.Created, decision.Due);
        var window = next - decision.Due < RoundClock.Tolerance * 2 ? (next!.Value - decision.Due) / 2 : RoundClock.Tolerance;
        return decision.Due + (window * ShareOfWindow);
    }
}
