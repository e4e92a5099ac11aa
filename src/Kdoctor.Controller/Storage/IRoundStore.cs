using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Controller.Storage;

/// <summary>
/// Where rounds and their shards are kept. Every change is one transaction: a process killed at any moment leaves each change whole or
/// absent. Safe for concurrent callers. Calls fail with the store's own exception, never silently.
/// </summary>
public interface IRoundStore : IAsyncDisposable
{
    /// <summary>Names this installation; made once, when the store is new.</summary>
    string InstallationId { get; }

    /// <summary>
    /// Makes this instance the one whose changes count: those of every other instance on the same store are refused from now on
    /// (<see cref="StoreClaimedException"/>), also ones that are under way. An instance that was opened and did not claim counts until another one claims.
    /// </summary>
    Task ClaimAsync(CancellationToken cancellation);

    /// <summary>
    /// Records that a round runs, and the due times that passed without one before it. The store refuses a (task uid, number) that it
    /// already holds, and that is what keeps a round from running twice.
    /// </summary>
    /// <returns>False, and nothing changed, when the round is already recorded.</returns>
    Task<bool> TryBeginAsync(RoundRecord round, MissedRounds? missed, CancellationToken cancellation);

    /// <summary>
    /// Keeps what a task's own status tells of rounds that ended before this store was made, so that they are not run again. They have neither plan nor
    /// results here: <see cref="RoundAsync"/> does not know them.
    /// </summary>
    /// <returns>False, and nothing changed, when the store knows the task already.</returns>
    Task<bool> RecallAsync(RecalledTask task, CancellationToken cancellation);

    /// <summary>Records a round's verdict. Does nothing when the round has ended or is unknown.</summary>
    /// <returns>Whether this call ended it.</returns>
    Task<bool> EndAsync(RoundId id, RoundEnding ending, CancellationToken cancellation);

    /// <summary>
    /// Counts a task's rounds anew: those that have ended stay in the history and are none of those that the task asks for. Does nothing where none counts.
    /// </summary>
    /// <param name="taskUid">The task; none of its rounds runs.</param>
    /// <param name="at">From when its schedule counts.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether any round counted.</returns>
    Task<bool> CountAnewAsync(string taskUid, DateTimeOffset at, CancellationToken cancellation);

    /// <summary>
    /// Tells how far rounds are, for controllers that share the store and do not run them. Of a round that does not run nothing is kept, and nothing survives its end.
    /// </summary>
    Task TellProgressAsync(IReadOnlyCollection<ToldProgress> rounds, CancellationToken cancellation);

    /// <summary>What was last told of the rounds that run.</summary>
    Task<IReadOnlyList<ToldProgress>> ProgressAsync(CancellationToken cancellation);

    /// <summary>Adds one agent's shard to a round, once: late when the round has ended.</summary>
    Task<ShardAddition> AddShardAsync(RoundId id, string agentId, IReadOnlyCollection<ShardPart> parts, CancellationToken cancellation);

    /// <summary>What is counted of a task, pruned rounds included.</summary>
    Task<TaskTotals> TotalsAsync(string taskUid, CancellationToken cancellation);

    /// <summary>A round with its plan and verdict; null when it is unknown, or only recalled.</summary>
    Task<RoundRecord?> RoundAsync(RoundId id, CancellationToken cancellation);

    /// <summary>The spec that a round was planned for; null when the round is unknown, or only recalled.</summary>
    Task<JsonObject?> SpecAsync(RoundId id, CancellationToken cancellation);

    /// <summary>The rounds that have not ended.</summary>
    Task<IReadOnlyList<RoundRecord>> OngoingAsync(CancellationToken cancellation);

    /// <summary>A task's rounds, newest first.</summary>
    /// <param name="taskUid">The task.</param>
    /// <param name="limit">At most so many; at least 1.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<RoundRow>> HistoryAsync(string taskUid, int limit, CancellationToken cancellation);

    /// <summary>A task's rounds up to one of them, newest first; the first is another, or there is none, where that one is not kept.</summary>
    /// <param name="newest">The newest that is wanted.</param>
    /// <param name="limit">At most so many; at least 1.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<RoundRow>> HistoryAsync(RoundId newest, int limit, CancellationToken cancellation);

    /// <summary>A round's shards, one after another, so that no more than one need be in memory.</summary>
    IAsyncEnumerable<StoredShard> ShardsAsync(RoundId id, CancellationToken cancellation);

    /// <summary>The agents whose shards a round has, and whether each was late.</summary>
    Task<IReadOnlyDictionary<string, bool>> ShardAgentsAsync(RoundId id, CancellationToken cancellation);

    /// <summary>The uid of every task that has a round or missed one.</summary>
    Task<IReadOnlyList<string>> TaskUidsAsync(CancellationToken cancellation);

    /// <summary>Removes all that is kept of a task.</summary>
    Task RemoveTaskAsync(string taskUid, CancellationToken cancellation);

    /// <summary>Removes rounds beyond the store's bounds, each in a transaction of its own; never an ongoing round, never a task's newest.</summary>
    /// <returns>How many rounds were removed.</returns>
    Task<int> PruneAsync(DateTimeOffset now, CancellationToken cancellation);
}

/// <summary>What became of a shard that was offered to the store.</summary>
public enum ShardAddition
{
    /// <summary>It is kept and counts.</summary>
    InTime = 1,

    /// <summary>It is kept; the round had ended, so it does not count.</summary>
    Late = 2,

    /// <summary>The agent's shard was already there; nothing changed.</summary>
    Duplicate = 3,

    /// <summary>The round is unknown or was removed; nothing changed.</summary>
    NoSuchRound = 4,
}

/// <summary>One agent's shard as the store keeps it.</summary>
/// <param name="AgentId">Whose.</param>
/// <param name="Late">Whether it came after the verdict.</param>
/// <param name="Parts">Its parts, as they came over the wire.</param>
public sealed record StoredShard(string AgentId, bool Late, IReadOnlyList<ShardPart> Parts);
