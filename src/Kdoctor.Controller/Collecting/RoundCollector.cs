using System.Collections.Concurrent;
using Kdoctor.Controller.Inputs;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Planning.Budgets;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Collecting;

/// <summary>
/// Runs rounds from their record to their verdict.
/// 1. A round is recorded; then its agents are told.
/// 2. Progress is kept, shards are checked and stored, each (round, agent) once.
/// 3. Agents that cannot deliver any more, or not in time, are given up as silent.
/// 4. When nobody is awaited the round is judged and its verdict recorded.
/// Changes are made one at a time, so the order in which agents speak does not matter; a restart resumes from the store.
/// </summary>
internal sealed partial class RoundCollector : IAsyncDisposable
{
    private const string TaskDeleted = "the task was deleted";

    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly IRoundStore store;
    private readonly AgentSessions sessions;
    private readonly CollectorOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<RoundCollector> logger;
    private readonly SemaphoreSlim turn = new(1);
    private readonly ITimer timer;

    // One entry per task at most: a task's next round starts after its last one ended.
    private readonly ConcurrentDictionary<RoundId, ActiveRound> active = new();
    private bool resumed;

    // Replaced when this controller stands down; what waits for the old one's turn is then given up.
    private CancellationTokenSource term = new();

    public RoundCollector(IRoundStore store, AgentSessions sessions, CollectorOptions options, TimeProvider time, ILogger<RoundCollector> logger)
    {
        (this.store, this.sessions, this.options, this.time, this.logger) = (store, sessions, options, time, logger);
        timer = time.CreateTimer(_ => _ = TickAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised after every change, in order, while no other change can happen: handlers must be quick and call nothing here but reads.</summary>
    public event Action<RoundNotice>? Changed;

    /// <summary>Raised when due times were recorded as missed, with the task's kind and name.</summary>
    public event Action<string, string, MissedRounds>? Missed;

    /// <summary>Raised once for each round that is judged here; handlers must be quick.</summary>
    public event Action<JudgedRound>? Judged;

    /// <summary>Where a round that was stored finds again what is never stored; null where rounds have nothing of the kind.</summary>
    public IRoundInputs? Inputs { get; init; }

    /// <summary>Tells at a round's end what became of its agents.</summary>
    public Func<RoundPlan, Aftermath> Aftermath { get; init; } = _ => Core.Verdicts.Aftermath.None;

    /// <summary>Begins a round unless the store already has it.</summary>
    /// <returns>Whether it was begun by this call.</returns>
    public Task<bool> BeginAsync(RoundRecord record, MissedRounds? missed) => InTurnAsync(async () =>
    {
        // 1. The record first: what it refuses has run already.
        if (!await store.TryBeginAsync(record, missed, term.Token).ConfigureAwait(false))
            return false;
        if (missed is not null)
            Missed?.Invoke(record.Plan.TaskKind, record.Plan.TaskName, missed);
        var round = new ActiveRound(record, options.DeliveryGrace);
        active[record.Plan.Id] = round;
        foreach (var part in round.Agents)
            Assign(round, part);
        LogBegan(record.Plan.Id, record.Plan.TaskKind, record.Plan.TaskName, record.Plan.Agents.Length, record.Plan.Targets.Length);
        Notify(round, RoundEvent.Began);
        await SettleAsync().ConfigureAwait(false);
        return true;
    });

    /// <summary>Ends a task's running round before its time, for the task is not what it was; its verdict is unknown.</summary>
    public Task SupersedeAsync(string taskUid, string reason) => InTurnAsync(async () =>
    {
        foreach (var round in active.Values.Where(round => round.Plan.Id.TaskUid == taskUid).ToList())
        {
            TellCancelled(round, $"superseded: {reason}");
            round.Supersede(reason);
        }
        await SettleAsync().ConfigureAwait(false);
    });

    /// <summary>Stops the load of a task that is gone, at once and out of turn; <see cref="RemoveTaskAsync"/> does the rest.</summary>
    public void StopLoad(string taskKind, string taskName)
    {
        foreach (var round in active.Values.Where(round => round.Plan.TaskKind == taskKind && round.Plan.TaskName == taskName))
            TellCancelled(round, TaskDeleted);
    }

    /// <summary>Cancels and forgets all rounds of a task that is gone.</summary>
    public Task RemoveTaskAsync(string taskUid) => InTurnAsync(async () =>
    {
        foreach (var round in active.Values.Where(round => round.Plan.Id.TaskUid == taskUid).ToList())
        {
            TellCancelled(round, TaskDeleted);
            active.TryRemove(round.Plan.Id, out _);
            Notify(round, RoundEvent.Removed);
        }
        await store.RemoveTaskAsync(taskUid, term.Token).ConfigureAwait(false);
        Arm();
    });

    public Task ConnectedAsync(AgentSession session) => InTurnAsync(async () =>
    {
        Meet(session);
        await SettleAsync().ConfigureAwait(false);
    });

    public Task DisconnectedAsync(string agentId) => InTurnAsync(SettleAsync);

    /// <summary>Keeps an agent's word on how far it is; the latest counts.</summary>
    public void Progressed(string agentId, ProgressMessage progress)
    {
        if (RoundId.TryParse(progress.RoundId, out var id) && active.TryGetValue(id, out var round) && round.Progressed(agentId, progress))
            Notify(round, RoundEvent.Progressed);
    }

    public Task RefusedAsync(string agentId, RoundRefused refused) => GiveUpAsync(agentId, refused.RoundId, $"it refused the round: {OneLine(refused.Reason)}");

    public Task BadShardAsync(string agentId, string roundId, string reason)
    {
        LogBadShard(agentId, OneLine(roundId), OneLine(reason));
        return GiveUpAsync(agentId, roundId, $"its results were refused: {OneLine(reason)}");
    }

    /// <summary>Takes a whole shard from an agent's stream.</summary>
    /// <returns>Why it was not kept; null when it was, or already had been.</returns>
    /// <exception cref="FormatException">The shard is not what was asked of this agent.</exception>
    public async Task<string?> ShardAsync(string agentId, string roundId, IReadOnlyCollection<ShardPart> parts)
    {
        // Decoded here, on the stream's own time, and only once a plan is found to hold it against.
        if (!RoundId.TryParse(roundId, out var id) || await PlanAsync(id).ConfigureAwait(false) is not { } plan)
            return "the round is unknown: its task was deleted, or its records were lost";
        var agent = plan.Agents.FirstOrDefault(planned => planned.Agent.Id == agentId) ?? throw new FormatException($"agent {agentId} has no part in this round");
        ShardCheck.Check(ShardCodec.Decode(parts), plan, agent);
        return await InTurnAsync(() => KeepAsync(id, plan, agentId, parts)).ConfigureAwait(false);
    }

    /// <summary>The plans of the rounds that run.</summary>
    public IReadOnlyCollection<RoundPlan> Running => [.. active.Values.Select(round => round.Plan)];

    /// <summary>What they ask of their agents.</summary>
    public IReadOnlyCollection<RoundDemand> Demands => [.. active.Values.Select(round => RoundDemand.Of(round.Plan, round.LastBegin))];

    /// <summary>How far the rounds that run are.</summary>
    public IReadOnlyCollection<ToldProgress> Progress =>
        [.. active.Values.Select(round => new ToldProgress(round.Plan.Id, round.Plan.TaskKind, round.Plan.TaskName, round.ProgressNow(sessions.IsConnected)))];

    /// <summary>Whether a round runs here.</summary>
    public bool IsActive(RoundId id) => active.ContainsKey(id);

    /// <summary>A running round so far; null when it does not run.</summary>
    public RoundProgress? ProgressOf(RoundId id) => active.TryGetValue(id, out var round) ? round.ProgressNow(sessions.IsConnected) : null;

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync().ConfigureAwait(false);
        await term.CancelAsync().ConfigureAwait(false);
        await turn.WaitAsync().ConfigureAwait(false);
    }

    private async Task<RoundPlan?> PlanAsync(RoundId id) =>
        active.TryGetValue(id, out var round) ? round.Plan : (await store.RoundAsync(id, term.Token).ConfigureAwait(false))?.Plan;

    private async Task<string?> KeepAsync(RoundId id, RoundPlan plan, string agentId, IReadOnlyCollection<ShardPart> parts)
    {
        var addition = await store.AddShardAsync(id, agentId, parts, term.Token).ConfigureAwait(false);
        if (addition == ShardAddition.NoSuchRound)
            return "the round is unknown: its task was deleted, or its records were lost";
        if (addition == ShardAddition.Late)
        {
            LogLate(id, agentId);
            Changed?.Invoke(new RoundNotice(id, plan.TaskName, plan.TaskKind, RoundEvent.Late));
        }
        if (addition != ShardAddition.Late && active.TryGetValue(id, out var round) && round.Find(agentId) is { Reported: false } part)
        {
            part.Reported = true;
            Notify(round, RoundEvent.Progressed);
            await SettleAsync().ConfigureAwait(false);
        }
        return null;
    }

    private Task<bool> GiveUpAsync(string agentId, string roundId, string reason) => InTurnAsync(async () =>
    {
        if (RoundId.TryParse(roundId, out var id) && active.TryGetValue(id, out var round) && round.Find(agentId) is { Awaited: true } part)
            GiveUp(round, part, reason);
        await SettleAsync().ConfigureAwait(false);
    });

    private void GiveUp(ActiveRound round, AgentPart part, string reason)
    {
        part.Silence = reason;
        LogSilent(round.Plan.Id, part.Plan.Agent.Id, reason);
        Notify(round, RoundEvent.Progressed);
    }

    private void Assign(ActiveRound round, AgentPart part)
    {
        part.AssignedTo = sessions.Find(part.Plan.Agent.Id);
        part.Untold = part.AssignedTo is null;
        part.AssignedTo?.TrySend(new ControllerMessage { Assignment = round.Assignments.Write(part, time.GetUtcNow()) });
    }

    private void TellCancelled(ActiveRound round, string reason)
    {
        foreach (var part in round.Agents.Where(part => !part.Reported))
            sessions.Find(part.Plan.Agent.Id)?.TrySend(new ControllerMessage { Cancel = new CancelRound { RoundId = round.Plan.Id.ToString(), Reason = reason } });
    }

    // 3. and 4. Run after every change.
    private async Task SettleAsync()
    {
        var now = time.GetUtcNow();
        foreach (var round in active.Values)
        {
            round.GiveUp(now, sessions.IsConnected);
            HandIn(round, now);
            if (round.AllIn)
                await TryJudgeAsync(round).ConfigureAwait(false);
        }
        Arm();
    }

    // Late, nothing of theirs would count: neither what was answered nor what was not.
    private void HandIn(ActiveRound round, DateTimeOffset now)
    {
        if (round.HandsIn || round.AllIn || now < round.LastHandIn || now >= round.LastCall)
            return;
        round.HandsIn = true;
        TellCancelled(round, "the round's deadline was near");
    }

    private async Task TryJudgeAsync(ActiveRound round)
    {
        try
        {
            await JudgeAsync(round).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the store threw (a full disk, say), the round stays active and is judged when the store works again.
        catch (Exception failed) when (!term.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogStoreFailed(failed, options.StoreRetry);
        }
    }

    private async Task JudgeAsync(ActiveRound round)
    {
        var (verdict, load) = await RoundJudging.JudgeAsync(round, Aftermath(round.Plan), store, logger, term.Token).ConfigureAwait(false);
        var ending = new RoundEnding(time.GetUtcNow(), verdict, RoundTally.Of(round.Plan, verdict), round.Superseded is not null);
        await store.EndAsync(round.Plan.Id, ending, term.Token).ConfigureAwait(false);
        active.TryRemove(round.Plan.Id, out _);
        TellCancelled(round, "the round has ended");
        LogEnded(round.Plan.Id, verdict.Verdict, verdict.Summary);
        Judged?.Invoke(new JudgedRound(round.Plan.TaskKind, round.Plan.TaskName, verdict.Verdict, load));
        Notify(round, RoundEvent.Ended);
    }

    private void Arm()
    {
        if (active.IsEmpty)
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }
        var now = time.GetUtcNow();
        var next = active.Values.Min(round => round.NextGiveUp(now, sessions.IsConnected) ?? now + options.StoreRetry);
        timer.Change(TimeSpan.FromTicks(Math.Clamp((next - now).Ticks, 0, LongestSleep.Ticks)), Timeout.InfiniteTimeSpan);
    }

    private async Task TickAsync()
    {
        try
        {
            await InTurnAsync(SettleAsync).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The term is over.
        }
    }

    private void Notify(ActiveRound round, RoundEvent what) => Changed?.Invoke(new RoundNotice(round.Plan.Id, round.Plan.TaskName, round.Plan.TaskKind, what));

    private Task<bool> InTurnAsync(Func<Task> work) => InTurnAsync(async () =>
    {
        await work().ConfigureAwait(false);
        return true;
    });

    private async Task<T> InTurnAsync<T>(Func<Task<T>> work)
    {
        await turn.WaitAsync(term.Token).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    private static string OneLine(string text) => new([.. text.Take(300).Select(character => char.IsControl(character) ? ' ' : character)]);
}
