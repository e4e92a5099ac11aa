using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;

namespace Kdoctor.Controller.Collecting;

/// <content>Rounds that outlive whoever began them: taken up after a restart, or from another controller, and let go of.</content>
internal sealed partial class RoundCollector
{
    /// <summary>Takes up the rounds that were running when a controller last led.</summary>
    public Task ResumeAsync() => InTurnAsync(async () =>
    {
        foreach (var stored in await store.OngoingAsync(term.Token).ConfigureAwait(false))
            await TakeUpAsync(stored).ConfigureAwait(false);
        resumed = true;
        foreach (var session in sessions.Open)
            Meet(session);
        await SettleAsync().ConfigureAwait(false);
    });

    /// <summary>Takes up one round that the store says is running, unless it is known here: the answer to its beginning was lost.</summary>
    public Task AdoptAsync(RoundId id) => InTurnAsync(async () =>
    {
        if (active.ContainsKey(id) || await store.RoundAsync(id, term.Token).ConfigureAwait(false) is not { State: RoundState.Ongoing } stored)
            return;
        await TakeUpAsync(stored).ConfigureAwait(false);
        foreach (var session in sessions.Open)
            Meet(session);
        await SettleAsync().ConfigureAwait(false);
    });

    /// <summary>Gives up whatever is waited for, the store above all.</summary>
    public void EndTerm() => term.Cancel();

    /// <summary>Lets go of all rounds, for another controller to take up: nothing more is judged, written or told. They can be resumed here later.</summary>
    public async Task StandDownAsync()
    {
        await term.CancelAsync().ConfigureAwait(false);
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            term = new CancellationTokenSource();
            resumed = false;
            active.Clear();
            Arm();
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task TakeUpAsync(RoundRecord stored)
    {
        var (record, lacks) = await RestoreAsync(stored).ConfigureAwait(false);
        var round = new ActiveRound(record, options.DeliveryGrace, time.GetUtcNow()) { Lacks = lacks };
        foreach (var agent in (await store.ShardAgentsAsync(record.Plan.Id, term.Token).ConfigureAwait(false)).Keys)
        {
            if (round.Find(agent) is { } part)
                part.Reported = true;
        }
        active[record.Plan.Id] = round;
        LogResumed(record.Plan.Id);
    }

    // What an agent that says hello is told, or no longer asked for.
    private void Meet(AgentSession session)
    {
        StopForgotten(session);
        foreach (var round in active.Values)
        {
            if (round.Find(session.Agent.Id) is not { Awaited: true } part || part.AssignedTo == session || session.HeldRounds.Contains(round.Plan.Id.ToString()))
                continue;
            if (round.Lacks is { } lacks)
                GiveUp(round, part, lacks);
            else if (time.GetUtcNow() < round.Plan.Start)
                Assign(round, part);
            else if (part.CanBeginLate(session))
                AssignLate(round, part);
            else
                GiveUp(round, part, part.Plan.Agent.Connected ? "it restarted during the round, or lost its stream before it was told" : "it was not connected when the round began");
        }
    }

    // What there was no stream for, or what the one that broke did not carry. Its part is the same at another time, as its report shows.
    private void AssignLate(ActiveRound round, AgentPart part)
    {
        if (!round.TryBeginLate(time.GetUtcNow()))
        {
            GiveUp(round, part, part.Untold
                ? "it was not connected when the round began, and came too late to take part"
                : "its stream broke before it was told of the round, and it came back too late to take part");
            return;
        }
        Assign(round, part);
        LogToldLate(round.Plan.Id, part.Plan.Agent.Id, round.Plan.Start);
    }

    // An agent that was away while its round was ended may still run it. Before all running rounds are known nothing can be said.
    private void StopForgotten(AgentSession session)
    {
        foreach (var held in session.HeldRounds)
        {
            if (resumed && !(RoundId.TryParse(held, out var id) && active.ContainsKey(id)))
                session.TrySend(new ControllerMessage { Cancel = new CancelRound { RoundId = held, Reason = "the round has ended, or its task was deleted" } });
        }
    }

    // Only a round that still has agents to tell needs what was not stored with it.
    private async Task<(RoundRecord Record, string? Lacks)> RestoreAsync(RoundRecord stored)
    {
        if (Inputs is null || time.GetUtcNow() >= stored.Plan.Start)
            return (stored, null);
        var (plan, problem) = await Inputs.RestoreAsync(stored.Plan, term.Token).ConfigureAwait(false);
        return (stored with { Plan = plan }, problem);
    }
}
