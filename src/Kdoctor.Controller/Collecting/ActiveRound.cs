using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Reports;

namespace Kdoctor.Controller.Collecting;

/// <summary>
/// A running round: which agents are awaited, and until when. Arithmetic over the given instants; it knows no clock.
/// An agent whose stream is open is awaited until the deadline; one whose stream is gone until its results are overdue.
/// </summary>
internal sealed class ActiveRound
{
    // How long before the deadline agents that still wait for answers hand in what they have: a tenth of the round's time, at most so long.
    private const double HandInShare = 0.1;
    private static readonly TimeSpan LongestHandIn = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, AgentPart> agents;
    private readonly TimeSpan deliveryGrace;

    // Until when agents may find their way to a controller that took the round over.
    private readonly DateTimeOffset? delivers;

    /// <param name="record">The round as it is stored.</param>
    /// <param name="deliveryGrace">How long agents may take to deliver.</param>
    /// <param name="takenUp">When a controller took the round over that did not begin it: its agents need time to find their way there, whatever the clock says.</param>
    public ActiveRound(RoundRecord record, TimeSpan deliveryGrace, DateTimeOffset? takenUp = null)
    {
        Record = record;
        Assignments = new AssignmentWriter(record.Plan);
        var count = record.Plan.Agents.Length;
        agents = record.Plan.Agents
            .Select((agent, place) => new AgentPart(agent, (double)place / count))
            .ToDictionary(part => part.Plan.Agent.Id, StringComparer.Ordinal);
        foreach (var part in agents.Values)
            part.Silence = part.Plan.Agent.Absence;
        this.deliveryGrace = deliveryGrace;
        delivers = takenUp + deliveryGrace;
        LastBegin = Plan.Start;
        LastCall = Later(Plan.Deadline, delivers);
    }

    public RoundRecord Record { get; }

    public RoundPlan Plan => Record.Plan;

    /// <summary>What its agents are told to do.</summary>
    public AssignmentWriter Assignments { get; }

    /// <summary>When an agent whose stream is gone is no longer waited for.</summary>
    public DateTimeOffset Overdue
    {
        get
        {
            var overdue = LastBegin + Plan.Load.Duration + Plan.Load.RequestTimeout + deliveryGrace;
            return Later(overdue < Plan.Deadline ? overdue : Plan.Deadline, delivers);
        }
    }

    /// <summary>When nobody is waited for any longer: the round's deadline, unless it was taken over so late that nobody could have delivered by then.</summary>
    public DateTimeOffset LastCall { get; }

    /// <summary>
    /// When agents that still wait for answers are told to hand in what they have, for what comes after the deadline does not count: shortly before it, and
    /// not while requests are still to be sent.
    /// </summary>
    public DateTimeOffset LastHandIn
    {
        get
        {
            var (sent, share) = (LastBegin + Plan.Load.Duration, (LastCall - Plan.Start) * HandInShare);
            return Later(LastCall - (share < LongestHandIn ? share : LongestHandIn), sent + ((LastCall - sent) / 2));
        }
    }

    /// <summary>Whether they were told.</summary>
    public bool HandsIn { get; set; }

    /// <summary>When the last of its agents was told to begin: at the plan's start, or later where an agent could not be told in time.</summary>
    public DateTimeOffset LastBegin { get; private set; }

    public IEnumerable<AgentPart> Agents => agents.Values;

    /// <summary>What no further agent can be given, so that it cannot take part; null for nothing.</summary>
    public string? Lacks { get; init; }

    /// <summary>Why the round was not let run to its end; null when it was.</summary>
    public string? Superseded { get; private set; }

    public bool AllIn => agents.Values.All(part => !part.Awaited);

    public IReadOnlyDictionary<string, string> Silences => agents.Values
        .Where(part => part is { Reported: false, Silence: not null })
        .ToDictionary(part => part.Plan.Agent.Id, part => part.Silence!, StringComparer.Ordinal);

    public AgentPart? Find(string agentId) => agents.GetValueOrDefault(agentId);

    /// <summary>Takes note that an agent begins only now, if its part still fits before the deadline.</summary>
    /// <returns>Whether it does.</returns>
    public bool TryBeginLate(DateTimeOffset now)
    {
        if (now + Plan.Load.Duration + Plan.Load.RequestTimeout >= Plan.Deadline)
            return false;
        LastBegin = Later(LastBegin, now);
        return true;
    }

    /// <summary>Stops waiting for anybody.</summary>
    public void Supersede(string reason)
    {
        Superseded ??= $"superseded: {reason}";
        foreach (var part in agents.Values.Where(part => part.Awaited))
            part.Silence = Superseded;
    }

    /// <summary>Gives up on the agents for which the time has come.</summary>
    public void GiveUp(DateTimeOffset now, Func<string, bool> isConnected)
    {
        foreach (var part in agents.Values.Where(part => part.Awaited))
        {
            if (now >= LastCall)
                part.Silence = "its results did not arrive by the round's deadline";
            else if (now >= Overdue && !isConnected(part.Plan.Agent.Id))
                part.Silence = part.Plan.Agent.Connected
                    ? "its stream to the controller broke, and its results did not arrive in time"
                    : "it was not connected when the round began, and its results did not arrive in time";
        }
    }

    /// <summary>When <see cref="GiveUp"/> can next change anything, or agents hand in; null when nobody is awaited.</summary>
    public DateTimeOffset? NextGiveUp(DateTimeOffset now, Func<string, bool> isConnected)
    {
        if (AllIn)
            return null;
        var disconnected = agents.Values.Any(part => part.Awaited && !isConnected(part.Plan.Agent.Id));
        var next = disconnected && now < Overdue ? Overdue : LastCall;
        return !HandsIn && LastHandIn < next ? LastHandIn : next;
    }

    /// <summary>Keeps what an agent says of its progress; counts outside 0..2^48 are not believed.</summary>
    public bool Progressed(string agentId, ProgressMessage progress)
    {
        if (Find(agentId) is not { } part || !IsCount(progress.Planned) || !IsCount(progress.Sent) || !IsCount(progress.Succeeded) || !IsCount(progress.Failed))
            return false;
        lock (gate)
            part.Progress = progress;
        return true;
    }

    public RoundProgress ProgressNow(Func<string, bool> isConnected)
    {
        lock (gate)
        {
            var told = agents.Values.Select(part => part.Progress).OfType<ProgressMessage>().ToList();
            return new RoundProgress(
                Plan.Agents.Sum(agent => (agent.Targets?.Length ?? Plan.Targets.Length) * Plan.Load.RequestsPerTarget),
                told.Sum(progress => progress.Sent),
                told.Sum(progress => progress.Succeeded),
                told.Sum(progress => progress.Failed),
                agents.Keys.Count(isConnected),
                agents.Values.Count(part => part.Reported));
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    // 20,000 agents' counts then still add up within a long.
    private static bool IsCount(long count) => count is >= 0 and < 1L << 48;
}
