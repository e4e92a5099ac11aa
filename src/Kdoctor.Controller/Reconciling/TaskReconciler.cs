using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Inputs;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Makes what is so into what should be, for one task at a time, from nothing but its key:
/// 1. A task that is gone, or was replaced by one of the same name, leaves no round behind.
/// 2. A task that is wrong gets every problem in its status, no round, and no agents of its own.
/// 3. A round that runs for an older spec is superseded; a finished task whose spec is newer than its newest round counts its rounds anew.
/// 4. A task for which there is no place gets no further round until there is; agents that a task wants of its own are made, mended or removed.
/// 5. A round that is due is planned, recorded and begun, as soon as the request budgets allow.
/// 6. The status says what the store holds.
/// Doing it twice changes nothing.
/// </summary>
internal sealed partial class TaskReconciler(
    TaskCache cache,
    ITaskApi api,
    IRoundStore store,
    RoundCollector collector,
    AgentSessions sessions,
    IClusterView cluster,
    ReconcilerOptions options,
    TimeProvider time,
    ILogger<TaskReconciler> logger)
{
    // How often agents are looked for while a due round waits for them to connect.
    private static readonly TimeSpan SettlePoll = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<TaskKey, string> uids = [];
    private readonly RoundGate gate = new(options.Budgets, collector, time);
    private readonly AgentWait agentWait = new(time);
    private DateTimeOffset started = time.GetUtcNow();

    /// <summary>Reads what a round needs beside nodes and agents; null where tasks need nothing else.</summary>
    public IRoundInputs? Inputs { get; init; }

    /// <summary>Makes agents that tasks want of their own; null where every task is served by the same.</summary>
    public OwnAgents? OwnAgents { get; init; }

    /// <summary>Told of tasks that are not served; null where nobody looks.</summary>
    public TaskEvents? Events { get; init; }

    /// <summary>Which tasks are served, where there are too many.</summary>
    public TaskPlaces Places { get; } = new(cache, options.MaxTasks);

    /// <summary>Says that this controller begins to lead: agents then need a moment to come.</summary>
    public void BeginTerm() => started = time.GetUtcNow();

    /// <summary>Looks at one task. One call at a time.</summary>
    /// <returns>When to look again, even if nothing happens; null for never.</returns>
    public async Task<DateTimeOffset?> ReconcileAsync(TaskKey key, CancellationToken cancellation)
    {
        // 1. Gone or replaced.
        if (await FindAsync(key).ConfigureAwait(false) is not var (found, uid))
            return null;

        // 2. Wrong.
        var before = found["status"] as JsonObject;
        var reading = TaskReader.Read(found, options.Limits);
        if (reading.Task is not { } task)
            return await RefuseAsync(key, uid, found, reading.Problems, cancellation).ConfigureAwait(false);

        // 3. Superseded.
        var last = await LastAsync(uid, cancellation).ConfigureAwait(false) ?? await RecallAsync(task, before, cancellation).ConfigureAwait(false);
        last = await TakeUpAsync(task, last, cancellation).ConfigureAwait(false);
        await CountAnewAsync(task, last, before, cancellation).ConfigureAwait(false);

        // 4. Its place and its own agents, and 5. due.
        var waiting = RoundGate.Waiting(before, task.Generation);
        var counted = await StartedAsync(task, last, waiting, cancellation).ConfigureAwait(false);
        var decision = RoundClock.Decide(task, counted, time.GetUtcNow());
        if (Places.WhyNot(key) is { } crowd && last is not { State: RoundState.Ongoing } && decision is not FinishedDecision)
            return await TurnAwayAsync(key, found, task, decision, crowd, cancellation).ConfigureAwait(false);
        var (runtime, lookAgain) = OwnAgents is null ? default : await OwnAgents.SettleAsync(task, before, last, decision, cancellation).ConfigureAwait(false);
        DateTimeOffset? again = (decision as WaitDecision)?.Until;
        if (decision is not StartDecision start)
        {
            gate.Leave(uid);
            waiting = null;
        }
        else if (await PlanAsync(task, start, counted, cancellation).ConfigureAwait(false) is var (plan, forAgents) && plan is null)
        {
            again = time.GetUtcNow() + SettlePoll;
            if (agentWait.IsTold(key, task, forAgents!, before) && (runtime is null || Reconciling.OwnAgents.IsTold(runtime, before)))
                return again;

            // A round that waits for the budgets too keeps its place in their line.
            waiting ??= agentWait.Tell(key, forAgents!);
        }
        else
        {
            (var begin, waiting, var until) = gate.Ask(plan, waiting);
            if (begin is not null)
                await collector.BeginAsync(new RoundRecord { Plan = begin, Expect = task.Expect, Spec = task.Spec }, start.Missed).ConfigureAwait(false);
            decision = begin is null ? decision : await DecideAsync(task, await LastAsync(uid, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            again = begin is null ? Later(until) : (decision as WaitDecision)?.Until;
        }

        // 6. The status.
        var facts = await FactsAsync(task, decision, waiting, cancellation).ConfigureAwait(false) with { Runtime = runtime };
        return await WriteAsync(key, found, StatusProjection.Accepted(task, facts, before, time.GetUtcNow()), again < lookAgain ? again : lookAgain ?? again, cancellation).ConfigureAwait(false);
    }

    // The task under that name and its uid; null when there is none. What was kept of another that had the name is given up.
    private async Task<(JsonObject Found, string Uid)?> FindAsync(TaskKey key)
    {
        var found = cache.Find(key);
        var uid = TaskCache.IsGone(found) ? null : found?["metadata"]?["uid"]?.GetValue<string>();
        if (uids.TryGetValue(key, out var old) && old != uid)
        {
            await collector.RemoveTaskAsync(old).ConfigureAwait(false);
            gate.Leave(old);
            OwnAgents?.Forget(key);
            agentWait.Forget(key);
            uids.Remove(key);
        }
        if (found is null || uid is null)
            return null;
        uids[key] = uid;
        return (found, uid);
    }

    private async Task<DateTimeOffset?> RefuseAsync(TaskKey key, string uid, JsonObject found, ImmutableArray<Problem> problems, CancellationToken cancellation)
    {
        LogWrong(key, problems.Length);
        gate.Leave(uid);
        await collector.SupersedeAsync(uid, "the task was changed while the round ran, and is no longer valid").ConfigureAwait(false);
        var before = found["status"] as JsonObject;
        var generation = found["metadata"]?["generation"]?.GetValue<long>() ?? 1;
        var (runtime, again) = OwnAgents is null ? default : await OwnAgents.RemoveAsync(key, uid, before, cancellation).ConfigureAwait(false);
        var refused = StatusProjection.Refused(problems, runtime, generation, before, time.GetUtcNow());
        if (Events is not null && !JsonNode.DeepEquals(before, refused))
            await Events.RefusedAsync(found, problems, cancellation).ConfigureAwait(false);
        return await WriteAsync(key, found, refused, again, cancellation).ConfigureAwait(false);
    }

    // What runs was left to run to its end; who goes makes place, and then it is looked at again.
    private async Task<DateTimeOffset?> TurnAwayAsync(TaskKey key, JsonObject found, TaskDefinition task, RoundDecision decision, string crowd, CancellationToken cancellation)
    {
        gate.Leave(task.Uid);
        agentWait.Forget(key);
        var before = found["status"] as JsonObject;
        var (runtime, again) = OwnAgents is null ? default : await OwnAgents.RemoveAsync(key, task.Uid, before, cancellation).ConfigureAwait(false);
        var facts = await FactsAsync(task, decision, null, cancellation).ConfigureAwait(false) with { Crowd = crowd, Runtime = runtime };
        return await WriteAsync(key, found, StatusProjection.Accepted(task, facts, before, time.GetUtcNow()), again, cancellation).ConfigureAwait(false);
    }

    private async Task<RoundRow?> LastAsync(string uid, CancellationToken cancellation)
    {
        var rows = await store.HistoryAsync(uid, 1, cancellation).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : null;
    }

    private async Task<RoundRow?> TakeUpAsync(TaskDefinition task, RoundRow? last, CancellationToken cancellation)
    {
        // A round that runs and is not known here was begun while the store did not answer. Its task may have been edited since.
        if (last is { State: RoundState.Ongoing } && !collector.IsActive(last.Id))
        {
            await collector.AdoptAsync(last.Id).ConfigureAwait(false);
            last = await LastAsync(task.Uid, cancellation).ConfigureAwait(false);
        }
        if (last is not { State: RoundState.Ongoing } || last.Generation == task.Generation)
            return last;
        await collector.SupersedeAsync(task.Uid, "the task was changed while the round ran").ConfigureAwait(false);
        return await LastAsync(task.Uid, cancellation).ConfigureAwait(false);
    }

    // A store that knows nothing of the task may be younger than its rounds.
    private async Task<RoundRow?> RecallAsync(TaskDefinition task, JsonObject? status, CancellationToken cancellation)
    {
        if (StatusRecall.Read(task, status, time.GetUtcNow()) is not { } recalled)
            return null;
        if (await store.RecallAsync(recalled, cancellation).ConfigureAwait(false))
            LogRecalled(new TaskKey(task.Kind, task.Name), recalled.Rounds.Length);

        // A store that says that it knew the task already may know it from an attempt whose answer was lost.
        return await LastAsync(task.Uid, cancellation).ConfigureAwait(false);
    }

    // A task is finished only by a round of its present spec. What its last spec asked for is in its status; what the present one asks for may be less.
    private async Task CountAnewAsync(TaskDefinition task, RoundRow? last, JsonObject? before, CancellationToken cancellation)
    {
        if (last is not { State: RoundState.Ended } || last.Generation == task.Generation)
            return;
        if (StatusProjection.AllRan(before) || await DecideAsync(task, last, cancellation).ConfigureAwait(false) is FinishedDecision)
            await store.CountAnewAsync(task.Uid, time.GetUtcNow(), cancellation).ConfigureAwait(false);
    }

    private async Task<RoundDecision> DecideAsync(TaskDefinition task, RoundRow? last, CancellationToken cancellation) =>
        RoundClock.Decide(task, await StartedAsync(task, last, null, cancellation).ConfigureAwait(false), time.GetUtcNow());

    private async Task<StartedRounds> StartedAsync(TaskDefinition task, RoundRow? last, WaitingStatus? waiting, CancellationToken cancellation) =>
        (await store.TotalsAsync(task.Uid, cancellation).ConfigureAwait(false)).Started(last) with { Held = waiting?.DueTimeStamp };

    // No plan while agents that should take part are still expected to connect.
    private async Task<(RoundPlan? Plan, WaitingStatus? ForAgents)> PlanAsync(TaskDefinition task, StartDecision decision, StartedRounds counted, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var snapshot = cluster.Snapshot(task);
        snapshot = snapshot with { Agents = [.. snapshot.Agents.Select(agent => agent with { Connected = sessions.IsConnected(agent.Id) })] };
        if (StartWait.For(task, decision, counted, snapshot, started, now, options) is { } waits)
            return (null, waits);
        if (Inputs is not null)
        {
            snapshot = await Inputs.FurnishAsync(task, snapshot, cancellation).ConfigureAwait(false);
            now = time.GetUtcNow();
        }

        // A round may start long after it was due, for it waited or is the task's only one: its time to run counts from then, and also after a short wait
        // where the load would not fit into what is left.
        var plan = RoundPlanner.Plan(task, snapshot, decision.Number, decision.Due, now + options.StartLead);
        var fits = plan.Start + plan.Load.Duration + plan.Load.RequestTimeout <= plan.Deadline;
        return (fits && now - decision.Due <= RoundClock.Tolerance ? plan : plan with { Deadline = now + task.TimeoutAt(decision.Due) }, null);
    }

    // What waits is looked at when something that runs is over, and often enough that its next due time is seen in time; never in a hot loop.
    private DateTimeOffset Later(DateTimeOffset until)
    {
        var (soonest, latest) = (time.GetUtcNow() + SettlePoll, time.GetUtcNow() + (RoundClock.Tolerance / 2));
        return until < soonest ? soonest : until > latest ? latest : until;
    }

    private async Task<TaskFacts> FactsAsync(TaskDefinition task, RoundDecision decision, WaitingStatus? waiting, CancellationToken cancellation)
    {
        var rounds = await store.HistoryAsync(task.Uid, Core.Tasks.Specs.TaskObjectStatus.KeptRounds, cancellation).ConfigureAwait(false);
        var totals = await store.TotalsAsync(task.Uid, cancellation).ConfigureAwait(false);
        var running = rounds.Count > 0 && rounds[0].State == RoundState.Ongoing;
        return new TaskFacts(rounds, totals.Done, decision is FinishedDecision && !running, MissedRounds.Sum(totals.Missed, (decision as WaitDecision)?.Missed ?? (decision as StartDecision)?.Missed), waiting) { Since = totals.Since };
    }

    private async Task<DateTimeOffset?> WriteAsync(TaskKey key, JsonObject found, JsonObject status, DateTimeOffset? again, CancellationToken cancellation)
    {
        if (JsonNode.DeepEquals(found["status"], status))
            return again;
        var changed = found.DeepClone().AsObject();
        changed["status"] = status;
        if (await api.WriteStatusAsync(key, changed, cancellation).ConfigureAwait(false) is { } stored)
        {
            cache.Refresh(key, found, stored);
            return again;
        }

        // The object changed or went meanwhile: the watch tells, and this is for the case that it told already.
        var soon = time.GetUtcNow() + SettlePoll;
        return cache.Find(key) is null ? null : again < soon ? again : soon;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is younger than the rounds of {Task}: its status tells of {Count}, which are not run again; what they measured is gone")]
    private partial void LogRecalled(TaskKey task, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Task} has {Count} problems; its status names them")]
    private partial void LogWrong(TaskKey task, int count);
}
