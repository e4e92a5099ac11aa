using System.Collections.Immutable;
using Kdoctor.Core.Backends;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Diagnosis;

/// <summary>
/// What a round's failures point at, by who fails where and who does not. Fed one shard at a time; it keeps counts per target and per agent and
/// channel, never per pair. Each failure is blamed once, on the first of these that explains it:
/// 1. An agent that is silent, or whose pod was deleted, or just being replaced or started.
/// 2. What one agent sends over a channel: all its targets failed, and others reach some of them.
/// 3. A channel: all its targets failed from everywhere.
/// 4. A target: it failed from everywhere.
/// 5. The way between the agents that failed and a target that others reach.
/// 6. Backends that an address never leads to: from everywhere, or from one agent alone.
/// 7. An agent that was overloaded itself.
/// Beside failures stand certificates that nobody verified and that have expired, or are for another name.
/// </summary>
internal sealed class Findings(RoundPlan plan, Expectation expect, Circumstances circumstances)
{
    /// <summary>The most findings; one more then says how many were left out.</summary>
    public const int Kept = 20;

    private readonly SpreadTally? spread = circumstances.Backends is { } roll ? new SpreadTally(plan, roll) : null;
    private readonly Tally[] targets = [.. plan.Targets.Select(_ => new Tally())];

    // Of the failures of each target, those of agents that reach others over the same channel; null without any.
    private readonly Tally?[] scattered = new Tally?[plan.Targets.Length];
    private readonly Dictionary<string, SortedDictionary<(Channel, IpFamily?), Tally>> sources = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, Finding> silent = [];
    private readonly HashSet<string> excused = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, Finding> overloaded = [];
    private readonly CertificateTally certificates = new();
    private readonly Dictionary<string, (int Place, AgentInfo Info)> agents =
        plan.Agents.Select((agent, place) => (place, agent.Agent)).ToDictionary(agent => agent.Agent.Id, StringComparer.Ordinal);

    /// <summary>Who answered at the targets that lead to all backends; null while the round runs.</summary>
    public SpreadTally? Spread => spread;

    /// <summary>Takes an agent's shard into account.</summary>
    public void Add(AgentShard shard)
    {
        spread?.Add(shard);
        var agent = agents[shard.AgentId];
        var channels = sources[shard.AgentId] = [];
        var name = Named(agent.Info);
        var overload = Overload.Of(shard);
        var failures = new List<TargetShard>();
        foreach (var seen in shard.Targets.Where(seen => plan.Holds(seen.Target)))
        {
            var target = plan.Targets[seen.Target];
            if (circumstances.ExcuseOf(seen)?.AgentId is { } went)
                excused.Add(went);
            var failed = Judge.Fails(seen, expect, overload?.Explains(seen) ?? false, circumstances);
            var ofItself = target.DestinationAgentId == shard.AgentId;
            targets[seen.Target].Add(failed, seen, agent.Place, name, ofItself);
            certificates.Add(target, seen);
            if (!channels.TryGetValue((target.Channel, target.Family), out var channel))
                channels[(target.Channel, target.Family)] = channel = new Tally();
            channel.Add(failed, seen, target.Index, target.Name, ofItself);
            if (failed)
                failures.Add(seen);
        }
        foreach (var seen in failures)
        {
            var target = plan.Targets[seen.Target];
            if (!channels[(target.Channel, target.Family)].AllFailed)
                (scattered[target.Index] ??= new Tally()).Add(failed: true, seen, agent.Place, name, target.DestinationAgentId == shard.AgentId);
        }
        if (shard.CutShort is not null)
            excused.Add(shard.AgentId);
        if (overload is not null)
            overloaded[agent.Place] = new Finding(Words(agent.Info), $"it was overloaded itself: {overload.Words}; its delays prove nothing, and its timeouts only where not one connection was opened");
    }

    /// <summary>Takes an agent that said nothing into account, unless the round was cut short before it could.</summary>
    public void AddSilent(AgentVerdict verdict)
    {
        var (place, agent) = agents[verdict.AgentId];
        if (verdict.Verdict == Verdict.Fail || agent.Changing || circumstances.DepartureOf(verdict.AgentId) is not null)
            silent[place] = new Finding(Words(agent), string.Join("; ", verdict.Reasons));
    }

    /// <summary>What all of it points at.</summary>
    public ImmutableArray<Finding> ToFindings()
    {
        var blamed = BlamedSources();
        var explained = Explained(blamed);
        var rest = plan.Targets.Select(target => (Target: target, Tally: targets[target.Index])).Where(entry => entry.Tally.Failed > explained[entry.Target.Index]).ToList();
        var dead = rest.Where(entry => entry.Tally.AllFailed).ToList();
        ImmutableArray<Finding> all =
        [
            .. silent.Values,
            .. Departures(),
            .. blamed.Select(Source),
            .. Destinations([.. dead.Select(entry => entry.Target)]),
            .. rest.Except(dead).Select(entry => Way(entry.Target, entry.Tally, scattered[entry.Target.Index] ?? entry.Tally)),
            .. Missing(),
            .. overloaded.Values,
            .. certificates.ToFindings(Words),
        ];
        return all.Length <= Kept ? all : [.. all.Take(Kept), new Finding("further components", $"{all.Length - Kept} more; the verdict of each target is in latestRoundReport")];
    }

    // 1. Whoever is silent as well is told of there.
    private IEnumerable<Finding> Departures() => circumstances.Departed
        .Where(gone => excused.Contains(gone.Agent.Id) && !silent.ContainsKey(agents[gone.Agent.Id].Place))
        .Select(gone => new Finding(Words(gone.Agent), $"{gone.Departure.Words}, while the round ran: what failed there after that, and what it did not send, proves nothing"));

    // 2. An agent and channel of which everything failed, while others reach some of it.
    private List<BlamedSource> BlamedSources()
    {
        return
        [
            .. from agent in plan.Agents
               where sources.ContainsKey(agent.Agent.Id)
               from channel in sources[agent.Agent.Id]
               where channel.Value.AllFailed && plan.TargetsOf(agent).Any(target =>
                   (target.Channel, target.Family) == channel.Key && target.DestinationAgentId != agent.Agent.Id && targets[target.Index].Reached)
               select new BlamedSource(agent, channel.Key, channel.Value),
        ];
    }

    // How many failures of each target its sources explain; what an agent that reaches itself asked of itself did not fail.
    private int[] Explained(List<BlamedSource> blamed)
    {
        var explained = new int[targets.Length];
        foreach (var source in blamed)
        {
            foreach (var target in plan.TargetsOf(source.Agent).Where(target =>
                (target.Channel, target.Family) == source.Channel && !(source.Tally.ReachedItself && target.DestinationAgentId == source.Agent.Agent.Id)))
                explained[target.Index]++;
        }
        return explained;
    }

    private static Finding Source(BlamedSource source) => new(
        $"what {Words(source.Agent.Agent)} sends over {Words(source.Channel.Channel, source.Channel.Family)}",
        $"{All(source.Tally.Failed, "target")} of the channel failed from there ({source.Tally.Why}), and other agents reach {(source.Tally.Failed == 1 ? "it" : "some of them")}");

    // 3. and 4.
    private IEnumerable<Finding> Destinations(List<Target> dead)
    {
        foreach (var channel in dead.GroupBy(target => (target.Channel, target.Family)))
        {
            var planned = plan.Targets.Count(target => (target.Channel, target.Family) == channel.Key && targets[target.Index].Tried > 0);
            if (channel.Count() == planned && planned > 1)
            {
                yield return new Finding(Words(channel.Key.Channel, channel.Key.Family), $"all {planned} targets of the channel failed from everywhere ({targets[channel.First().Index].Why} at the first of them)");
                continue;
            }
            foreach (var target in channel)
                yield return new Finding(Words(target), $"it failed from {All(targets[target.Index].Failed, "agent")} that tried ({targets[target.Index].Why})");
        }
    }

    // 5. Agents that are blamed as sources neither failed there nor reach it.
    private static Finding Way(Target target, Tally all, Tally rest) => new(
        $"the way to {Words(target)} from {string.Join(", ", rest.Names)}{(rest.Failed > rest.Names.Count ? $" and {rest.Failed - rest.Names.Count} more" : "")}",
        $"{rest.Failed} of {all.Tried - all.Failed + rest.Failed} agents failed there ({rest.Why}), and the others reach it");

    // 6.
    private IEnumerable<Finding> Missing() => spread is null ? [] : spread.Everywhere
        .Select(entry => new Finding($"the way behind {Words(entry.Target)} to {entry.Missing.Who}", $"over all agents, {entry.Missing.Why}"))
        .Concat(spread.Alone.Select(entry => new Finding(
            $"the way behind {Words(entry.Target)} to {entry.Missing.Who}, for what {Words(entry.Agent)} sends", $"{entry.Missing.Why}; other agents got answers from there")));

    private static string All(int count, string what) => count == 1 ? $"the one {what}" : $"all {count} {what}s";

    private static string Words(AgentInfo agent) => $"agent {Named(agent)}";

    private static string Named(AgentInfo agent) => $"{agent.Name} on {agent.NodeName}";

    private static string Words(Channel channel, IpFamily? family) => family is { } known ? $"{ReportWords.Of(channel)} {known}" : ReportWords.Of(channel);

    private static string Words(Target target) => target switch
    {
        { DestinationNode: { } node, Channel: Channel.NodePort } => $"the node port of {node} ({target.Name})",
        { Channel: Channel.Dns, Replica: { } replica } => $"the DNS replica {replica}{(target.DestinationNode is { } home ? $" on {home}" : "")} ({target.Url})",
        { DestinationNode: { } node } => $"{ReportWords.Of(target.Channel)} of the agent on {node} ({target.Name})",
        _ => target.Name,
    };

    private sealed record BlamedSource(AgentPlan Agent, (Channel Channel, IpFamily? Family) Channel, Tally Tally);
}
