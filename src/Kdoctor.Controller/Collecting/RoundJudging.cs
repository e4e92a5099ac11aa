using Kdoctor.Controller.Storage;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Collecting;

/// <summary>Judges a round from what the store holds of it, so that a round judged after a restart comes to the same.</summary>
internal static partial class RoundJudging
{
    public static Task<(RoundVerdict Verdict, ChannelLoad Load)> JudgeAsync(ActiveRound round, Aftermath aftermath, IRoundStore store, ILogger logger, CancellationToken cancellation) =>
        JudgeAsync(round, aftermath, store.ShardsAsync(round.Plan.Id, cancellation), stored => TryDecode(stored, logger), cancellation);

    /// <summary>Judges a round in one pass, so that of a large cluster's shards one is decoded and in memory at a time.</summary>
    public static async Task<(RoundVerdict Verdict, ChannelLoad Load)> JudgeAsync(
        ActiveRound round, Aftermath aftermath, IAsyncEnumerable<StoredShard> stored, Func<StoredShard, AgentShard?> decode, CancellationToken cancellation)
    {
        var load = new ChannelLoad();
        var judge = new RoundJudge(round.Plan, round.Record.Expect, aftermath);
        await foreach (var kept in stored.ConfigureAwait(false))
        {
            if (kept.Late || decode(kept) is not { } shard)
                continue;
            judge.Add(shard);
            load.Add(round.Plan, shard);
        }
        var verdict = judge.Conclude(round.Silences);
        return (round.Superseded is { } superseded ? CutShort(verdict, round, superseded) : verdict, load);
    }

    // A round that was not let run to its end proves neither health nor sickness; nor does an agent's silence, which nobody let speak.
    private static RoundVerdict CutShort(RoundVerdict verdict, ActiveRound round, string superseded)
    {
        var reported = verdict.Agents.Count(agent => agent.State == AgentState.Reported);
        var sent = verdict.Totals is { Sent: > 0 } totals ? FormattableString.Invariant($", {totals.Succeeded} of {totals.Sent} requests succeeded") : "";
        return verdict with
        {
            Verdict = Verdict.Unknown,
            Summary = $"{superseded}; until then: {reported} of {verdict.Agents.Length} agents had handed in their results{sent}",
            Agents = [.. verdict.Agents.Select(agent => round.Find(agent.AgentId) is { } part && part.Silence == superseded
                ? agent with { Verdict = Verdict.Unknown, Reasons = [$"agent {part.Plan.Agent.Name} on {part.Plan.Agent.NodeName} had not handed in its results yet"] }
                : agent)],
        };
    }

    // What was checked before it was stored can only be unreadable if the file was changed from outside.
    public static AgentShard? TryDecode(StoredShard stored, ILogger logger)
    {
        try
        {
            return ShardCodec.Decode([.. stored.Parts]);
        }
        catch (FormatException bad)
        {
            LogUnreadable(logger, stored.AgentId, bad.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored shard of agent {AgentId} cannot be read and does not count: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string agentId, string reason);
}
