using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Storage;

/// <summary>Whether a round still runs.</summary>
public enum RoundState
{
    /// <summary>Recorded; results are awaited.</summary>
    Ongoing = 1,

    /// <summary>Judged; only late shards can still be added.</summary>
    Ended = 2,
}

/// <summary>A round as the store keeps it, without its shards.</summary>
public sealed record RoundRecord
{
    /// <summary>What was planned.</summary>
    public required RoundPlan Plan { get; init; }

    /// <summary>What the task expected when the round was planned.</summary>
    public required Expectation Expect { get; init; }

    /// <summary>The task's spec when the round was planned.</summary>
    public required JsonObject Spec { get; init; }

    /// <summary>Whether it still runs.</summary>
    public RoundState State { get; init; } = RoundState.Ongoing;

    /// <summary>When it was judged; null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>What it came to; null while it runs.</summary>
    public RoundVerdict? Verdict { get; init; }
}

/// <summary>What lists and statuses show of a round; read without its plan, verdict or shards.</summary>
public sealed record RoundSummary
{
    /// <summary>The round.</summary>
    public required RoundId Id { get; init; }

    /// <summary>The task's name.</summary>
    public required string TaskName { get; init; }

    /// <summary>The task's kind, as manifests spell it.</summary>
    public required string TaskKind { get; init; }

    /// <summary>The generation of the spec that was planned.</summary>
    public required long Generation { get; init; }

    /// <summary>When it was due.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>When the agents begin.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Whether it still runs.</summary>
    public required RoundState State { get; init; }

    /// <summary>How many agents were asked.</summary>
    public required int Agents { get; init; }

    /// <summary>When it was judged; null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>What it came to; null while it runs.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Why, in one line; null while it runs.</summary>
    public string? Summary { get; init; }

    /// <summary>Which nodes' agents came to what; null while it runs.</summary>
    public RoundNodes? Nodes { get; init; }
}

/// <summary>The nodes of a round's agents, by what the agents came to; an agent's node is listed once per agent.</summary>
/// <param name="Succeeded">Nodes of agents whose every target was healthy.</param>
/// <param name="Failed">Nodes of agents that reported and did not succeed.</param>
/// <param name="Silent">Nodes of agents that did not report in time.</param>
public sealed record RoundNodes(ImmutableArray<string> Succeeded, ImmutableArray<string> Failed, ImmutableArray<string> Silent)
{
    /// <summary>Sorts a round's agents by its verdict.</summary>
    public static RoundNodes Of(RoundPlan plan, RoundVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(verdict);
        var nodeOf = plan.Agents.ToDictionary(agent => agent.Agent.Id, agent => agent.Agent.NodeName, StringComparer.Ordinal);
        ImmutableArray<string> Where(Func<AgentVerdict, bool> chosen) => [.. verdict.Agents.Where(chosen).Select(agent => nodeOf[agent.AgentId])];
        return new(
            Where(agent => agent.State == AgentState.Reported && agent.Verdict == Core.Verdicts.Verdict.Succeed),
            Where(agent => agent.State == AgentState.Reported && agent.Verdict != Core.Verdicts.Verdict.Succeed),
            Where(agent => agent.State != AgentState.Reported));
    }
}
