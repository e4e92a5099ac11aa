using System.Globalization;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Whether a round that is due waits for agents, so that one whose pod is just starting is not called silent. It never waits long: who is not there
/// then is named in the report. Pure.
/// </summary>
internal static class StartWait
{
    // Of the time within which a due time is not yet missed.
    private const double ShareOfWindow = 0.8;

    private const int AgentsNamed = 3;

    /// <param name="task">The task.</param>
    /// <param name="decision">The round.</param>
    /// <param name="counted">The rounds before it.</param>
    /// <param name="snapshot">Its agents, with the word of their streams.</param>
    /// <param name="started">When the controller began to take streams.</param>
    /// <param name="now">The clock.</param>
    /// <param name="options">The bounds.</param>
    /// <returns>What the status says of it; null when the round need not wait.</returns>
    public static WaitingStatus? For(
        TaskDefinition task, StartDecision decision, StartedRounds counted, ClusterSnapshot snapshot, DateTimeOffset started, DateTimeOffset now, ReconcilerOptions options)
    {
        var settling = now < started + options.Settle;
        var awaited = snapshot.Agents.Where(agent => agent.MayCome || (settling && agent is { Connected: false, Absence: null })).ToList();

        // Agents of the task's own that are not even there yet are on their way.
        var noneYet = snapshot.Agents.IsEmpty && (settling || task.OwnAgents is { DeploymentReplicas: not 0 });
        var until = Until(task, decision, counted, started, options);
        if ((awaited.Count == 0 && !noneYet) || now >= until)
            return null;
        var whom = noneYet ? "no agent is there yet" : string.Join("; ", awaited.Take(AgentsNamed).Select(Words)) + (awaited.Count > AgentsNamed ? FormattableString.Invariant($"; and {awaited.Count - AgentsNamed} more") : "");
        return new WaitingStatus
        {
            For = WaitingStatus.Agents,
            DueTimeStamp = decision.Due,
            Reason = string.Create(CultureInfo.InvariantCulture, $"round {decision.Number} waits for agents, until {until.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} at the latest: {whom}"),
        };
    }

    private static string Words(AgentInfo agent) => $"{agent.Name} on {agent.NodeName}: "
        + (agent.Absence ?? (agent.Connected ? "it is connected, but not ready for others yet" : "it has not connected yet"));

    // The first round, of the task or of the spec that it was edited to, may start late, also one that was due while no controller ran; of the others, and of crontabs, the due time must not be missed for waiting.
    private static DateTimeOffset Until(TaskDefinition task, StartDecision decision, StartedRounds counted, DateTimeOffset started, ReconcilerOptions options)
    {
        if (counted.NextIsFirst && task.Schedule.Interval is { } interval)
            return (decision.Due > started ? decision.Due : started) + (task.Rounds == 1 || options.FirstRoundWait < interval / 2 ? options.FirstRoundWait : interval / 2);
        var next = task.Schedule.After(counted.Since ?? task.Created, decision.Due);
        var window = next - decision.Due < RoundClock.Tolerance * 2 ? (next!.Value - decision.Due) / 2 : RoundClock.Tolerance;
        return decision.Due + (window * ShareOfWindow);
    }
}
