using Kdoctor.Agent.Hosting;
using Kdoctor.Agent.Usage;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;
using Kdoctor.Probing.Load;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Rounds;

/// <summary>
/// The rounds of one agent, whether its stream is open or not: an assignment is run once, however often it is told; what a run found is
/// kept until the controller has it. Safe to use from every thread.
/// </summary>
internal sealed partial class AgentRounds(string agentId, AgentSite site, AssignmentReader reader, ILogger<AgentRounds> logger)
{
    /// <summary>The most rounds that run at once; further ones are refused.</summary>
    public const int MaxRunning = 64;

    private const int RememberedRounds = 256;

    private readonly ILogger logger = logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, LoadRun> running = new(StringComparer.Ordinal);
    private readonly Queue<string> delivered = new();
    private readonly LoadLedger ledger = new();
    private RequestCounts ended = new(0, 0, 0, 0, 0, new Dictionary<string, double>());
    private bool stopping;

    /// <summary>Raised when a shard was put on the shelf.</summary>
    public event Action? Finished;

    /// <summary>Raised when a round ended here, or the controller took its results.</summary>
    public event Action? Settled;

    public ShardShelf Shelf { get; } = new();

    /// <summary>Rounds that run here, or whose shard is still kept.</summary>
    public IReadOnlyCollection<string> Held
    {
        get
        {
            lock (gate)
                return [.. running.Keys, .. Shelf.Kept.Select(shard => shard.RoundId)];
        }
    }

    public bool IsRunning
    {
        get
        {
            lock (gate)
                return running.Count > 0;
        }
    }

    /// <summary>Whether the controller has everything that was found here, and nothing runs.</summary>
    public bool AllHandedIn
    {
        get
        {
            lock (gate)
                return running.Count == 0 && Shelf.Kept.Count == 0;
        }
    }

    /// <summary>What this agent has asked of others, running rounds included.</summary>
    public RequestCounts Counts
    {
        get
        {
            lock (gate)
            {
                var now = running.Values.Select(run => run.Progress).ToList();
                return ended with { Running = now.Count, Sent = ended.Sent + now.Sum(run => run.Sent), Failed = ended.Failed + now.Sum(run => run.Failed), Load = ledger.Now };
            }
        }
    }

    /// <summary>Refuses every round from now on.</summary>
    public void TakeNoMore()
    {
        lock (gate)
            stopping = true;
    }

    /// <summary>Begins an assignment, unless it is known already.</summary>
    /// <returns>Why it was refused; null when it was not.</returns>
    public string? Begin(Assignment assignment)
    {
        lock (gate)
        {
            var id = assignment.RoundId;
            if (running.ContainsKey(id) || delivered.Contains(id) || Shelf.Kept.Any(shard => shard.RoundId == id))
                return null;
            if (stopping)
                return "the agent is being stopped";
            if (running.Count >= MaxRunning)
                return $"the agent already runs {MaxRunning} rounds";
            try
            {
                var load = reader.Read(assignment);
                var run = site.Runner.Start(load);
                var period = site.Usage.Begin();
                running[id] = run;
                ledger.Begin(id, assignment.TaskKind, load.Load.RequestsPerSecond * load.Targets.Length);
                _ = FinishAsync(id, run, period);
                LogBegan(id, load.Targets.Length, assignment.StartInMs);
                return null;
            }
            catch (Exception refused) when (refused is FormatException or ArgumentException or ObjectDisposedException)
            {
                LogRefused(id, refused.Message);
                return refused.Message;
            }
        }
    }

    /// <summary>Stops a round's load at once; its shard says why.</summary>
    public void Cancel(string roundId, string reason)
    {
        LoadRun? run;
        lock (gate)
            run = running.GetValueOrDefault(roundId);
        run?.Cancel(string.IsNullOrWhiteSpace(reason) ? "the controller cancelled the round" : reason);
    }

    public void CancelAll(string reason)
    {
        List<LoadRun> runs;
        lock (gate)
            runs = [.. running.Values];
        foreach (var run in runs)
            run.Cancel(reason);
    }

    /// <summary>The controller has the shard, or does not want it.</summary>
    public void Acknowledge(ShardAcknowledged acknowledged)
    {
        if (acknowledged.Refused.Length > 0)
            LogShardRefused(acknowledged.RoundId, acknowledged.Refused);
        lock (gate)
        {
            if (!Shelf.Remove(acknowledged.RoundId))
                return;
            delivered.Enqueue(acknowledged.RoundId);
            if (delivered.Count > RememberedRounds)
                delivered.Dequeue();
        }
        Settled?.Invoke();
    }

    public IReadOnlyList<ProgressMessage> Progress()
    {
        lock (gate)
        {
            return [.. running.Select(round =>
            {
                var now = round.Value.Progress;
                return new ProgressMessage { RoundId = round.Key, Planned = now.Planned, Sent = now.Sent, Succeeded = now.Succeeded, Failed = now.Failed };
            })];
        }
    }

    private async Task FinishAsync(string id, LoadRun run, UsagePeriod period)
    {
        var result = await run.Completion.ConfigureAwait(false);
        var usage = period.End(site.SharingAgents);
        lock (gate)
        {
            running.Remove(id);
            ended = ended with
            {
                Sent = ended.Sent + result.Targets.Sum(target => target.Sent),
                Failed = ended.Failed + result.Targets.Sum(target => target.Failed),
                Unsent = ended.Unsent + (result.CutShort is null ? result.Targets.Sum(target => target.Unsent) : 0),
                Late = ended.Late + result.Lateness.CountAbove((long)Judge.LateAfter.TotalNanoseconds),
            };
            Shelf.Add(id, ShardCodec.Encode(new AgentShard
            {
                RoundId = id,
                AgentId = agentId,
                Started = result.Started,
                Ended = result.Ended,
                Usage = usage,
                Lateness = result.Lateness,
                CutShort = result.CutShort,
                PeakLoad = ledger.End(id),
                Targets = result.Targets,
            }));
        }
        var (succeeded, sent) = (run.Progress.Succeeded, run.Progress.Sent);
        LogFinished(id, succeeded, sent, Shelf.Dropped);
        Finished?.Invoke();
        Settled?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Round {Round}: {Targets} targets, starting in {StartInMs} ms")]
    private partial void LogBegan(string round, int targets, int startInMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Round {Round} was refused: {Reason}")]
    private partial void LogRefused(string round, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The controller did not take the results of round {Round}: {Reason}")]
    private partial void LogShardRefused(string round, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Round {Round} is over: {Succeeded} of {Sent} requests succeeded; {Dropped} shards were dropped so far")]
    private partial void LogFinished(string round, long succeeded, long sent, long dropped);
}
