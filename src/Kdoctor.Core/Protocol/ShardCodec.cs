using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Protocol;

/// <summary>Shards to and from their wire form: parts of a bounded number of targets, so that no message grows with the cluster.</summary>
public static class ShardCodec
{
    /// <summary>Targets per part: about 3 KiB each, at worst 24 KiB, well under gRPC's 4 MiB limit; few, so that what an agent makes of a part to send it stays small.</summary>
    public const int TargetsPerPart = 20;

    /// <summary>A shard as its parts, the first with the agent's facts; never empty. Each is made when it is asked for: all at once take ten times their bytes.</summary>
    public static IEnumerable<ShardPart> Encode(AgentShard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var parts = Math.Max(1, (shard.Targets.Count + TargetsPerPart - 1) / TargetsPerPart);
        return Enumerable.Range(0, parts).Select(number =>
        {
            var part = new ShardPart { RoundId = shard.RoundId, Part = number, Parts = parts, Facts = number == 0 ? FactsOf(shard) : null };
            part.Targets.AddRange(shard.Targets.Skip(number * TargetsPerPart).Take(TargetsPerPart).Select(TargetShardCodec.Encode));
            return part;
        });
    }

    /// <summary>A shard from all its parts, in any order.</summary>
    /// <exception cref="FormatException">A part is missing, doubled or of another round, or a value lies outside its range.</exception>
    public static AgentShard Decode(IReadOnlyCollection<ShardPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var ordered = parts.OrderBy(part => part.Part).ToList();
        if (ordered.Count == 0 || ordered.Where((part, place) => part.Part != place || part.Parts != ordered.Count || part.RoundId != ordered[0].RoundId).Any())
            throw new FormatException("the parts of a shard are not one of each, 0 to parts - 1, of one round");
        if (ordered[0].Facts is not { } facts)
            throw new FormatException("part 0 of a shard has no facts");
        return new AgentShard
        {
            RoundId = ordered[0].RoundId,
            AgentId = facts.AgentId,
            Started = WireTime.FromUnixNanoseconds(facts.StartedUnixNs),
            Ended = WireTime.FromUnixNanoseconds(facts.EndedUnixNs),
            Usage = UsageOf(facts.Usage),
            Lateness = HistogramCodec.Decode(facts.LatenessNs),
            CutShort = facts.CutShort.Length == 0 ? null : facts.CutShort,
            PeakLoad = LoadOf(facts.PeakLoad),
            Targets = [.. ordered.SelectMany(part => part.Targets).Select(TargetShardCodec.Decode)],
        };
    }

    private static AgentFacts FactsOf(AgentShard shard)
    {
        var usage = new UsageMessage { SharingAgents = shard.Usage.SharingAgents };
        if (shard.Usage.MeanCpuCores is { } mean)
            usage.MeanCpuCores = mean;
        if (shard.Usage.MaxCpuCores is { } max)
            usage.MaxCpuCores = max;
        if (shard.Usage.MaxMemoryBytes is { } memory)
            usage.MaxMemoryBytes = memory;
        var facts = new AgentFacts
        {
            AgentId = shard.AgentId,
            StartedUnixNs = WireTime.ToUnixNanoseconds(shard.Started),
            EndedUnixNs = WireTime.ToUnixNanoseconds(shard.Ended),
            Usage = usage,
            LatenessNs = HistogramCodec.Encode(shard.Lateness),
            CutShort = shard.CutShort ?? "",
        };
        facts.PeakLoad.AddRange(shard.PeakLoad.Select(load => new KindLoad { TaskKind = load.Key, RequestsPerSecond = load.Value }));
        return facts;
    }

    private static Dictionary<string, double> LoadOf(IEnumerable<KindLoad> loads)
    {
        var byKind = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var load in loads)
        {
            if (!Enum.TryParse<TaskKind>(load.TaskKind, out _) || !byKind.TryAdd(load.TaskKind, Measured("peak load", load.RequestsPerSecond)))
                throw new FormatException($"a shard's peak load names the kind {load.TaskKind}, which is not one of this version's, or twice");
        }
        return byKind;
    }

    private static AgentUsage UsageOf(UsageMessage? usage) => usage is null
        ? new AgentUsage(null, null, null, 1)
        : new AgentUsage(
            usage.HasMeanCpuCores ? Measured("mean CPU", usage.MeanCpuCores) : null,
            usage.HasMaxCpuCores ? Measured("greatest CPU", usage.MaxCpuCores) : null,
            usage.HasMaxMemoryBytes ? usage.MaxMemoryBytes : null,
            Math.Max(1, usage.SharingAgents));

    // JSON has no word for what is no number.
    private static double Measured(string what, double value) =>
        double.IsFinite(value) && value >= 0 ? value : throw new FormatException(FormattableString.Invariant($"a shard's {what} is {value}"));
}
