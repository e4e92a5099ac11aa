using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Collecting;

/// <summary>What a round's agents sent over each channel, all of them together.</summary>
internal sealed class ChannelLoad
{
    private readonly SortedDictionary<Channel, (long Sent, long Failed)> channels = [];

    /// <summary>Each channel that was used.</summary>
    public IEnumerable<(Channel Channel, long Sent, long Failed)> Channels => channels.Select(entry => (entry.Key, entry.Value.Sent, entry.Value.Failed));

    /// <summary>Adds what one agent sent.</summary>
    public void Add(RoundPlan plan, AgentShard shard)
    {
        foreach (var target in shard.Targets.Where(target => plan.Holds(target.Target)))
        {
            var channel = plan.Targets[target.Target].Channel;
            var (sent, failed) = channels.GetValueOrDefault(channel);
            channels[channel] = (sent + target.Sent, failed + target.Failed);
        }
    }
}

/// <summary>A round that was judged, in so much as is counted of it.</summary>
/// <param name="TaskKind">The task's kind, as manifests spell it.</param>
/// <param name="TaskName">The task.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Load">What was sent.</param>
internal sealed record JudgedRound(string TaskKind, string TaskName, Verdict Verdict, ChannelLoad Load);
