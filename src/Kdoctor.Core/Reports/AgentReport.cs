using System.Text.Json.Serialization;

namespace Kdoctor.Core.Reports;

/// <summary>One agent's part of a round.</summary>
public sealed record AgentReport
{
    /// <summary>From 1.</summary>
    public required int RoundNumber { get; init; }

    /// <summary><c>succeed</c>, <c>fail</c> or <c>unknown</c>; <c>ongoing</c> while its results are awaited.</summary>
    public required string RoundResult { get; init; }

    /// <summary>The node it runs on.</summary>
    public required string NodeName { get; init; }

    /// <summary>Its pod's name, or the name given to it.</summary>
    public required string PodName { get; init; }

    /// <summary>Its identity.</summary>
    public required string AgentId { get; init; }

    /// <summary><c>reported</c>, <c>silent</c> or <c>late</c>; null while its results are awaited.</summary>
    public string? AgentState { get; init; }

    /// <summary>Every reason, joined with <c>; </c>; null when there is none.</summary>
    public string? ReasonsForFailure { get; init; }

    /// <summary>When it began, by its own clock; null for a silent agent.</summary>
    public DateTimeOffset? RoundStartTimeStamp { get; init; }

    /// <summary>When its last request ended, by its own clock; null for a silent agent.</summary>
    public DateTimeOffset? RoundEndTimeStamp { get; init; }

    /// <summary>From start to end, for example <c>10.032286878s</c>; null for a silent agent.</summary>
    public string? RoundDuration { get; init; }

    /// <summary>What was wrong with the agent itself; null when it kept its timetable.</summary>
    public string? AgentOverload { get; init; }

    /// <summary>How late the agent itself sent its requests, in milliseconds; null when it sent none.</summary>
    public LatencyReport? AgentLateness { get; init; }

    /// <summary>The measurements of a NetReach task.</summary>
    public TaskReport? TaskNetReach { get; init; }

    /// <summary>The measurements of an AppHttpHealthy task.</summary>
    public TaskReport? TaskAppHealthy { get; init; }

    /// <summary>The measurements of a Netdns task.</summary>
    public TaskReport? TaskNetDns { get; init; }

    /// <summary>The measurements, whatever the kind; null for an agent that has not reported.</summary>
    [JsonIgnore]
    public TaskReport? Measurements => TaskNetReach ?? TaskAppHealthy ?? TaskNetDns;
}

/// <summary>What one agent measured.</summary>
public sealed record TaskReport
{
    /// <summary>The task's kind.</summary>
    public required string TargetType { get; init; }

    /// <summary>How many targets it probed.</summary>
    public required int TargetNumber { get; init; }

    /// <summary>Every reason, joined with <c>; </c>; null when there is none.</summary>
    public string? ReasonsForFailure { get; init; }

    /// <summary>Whether every target met every expectation.</summary>
    public required bool RoundSucceed { get; init; }

    /// <summary>The agent's own use of its machine.</summary>
    public required SystemResource SystemResource { get; init; }

    /// <summary>The load that the agent was asked for while the round ran, over all its tasks.</summary>
    public RunningLoad? RunningLoadTotal { get; init; }

    /// <summary>One per target.</summary>
    public required IReadOnlyList<TargetReport> RoundTaskDetail { get; init; }
}

/// <summary>An agent process's own use of its machine; a field that could not be measured is null.</summary>
/// <param name="MaxCPU">Greatest use in any second, in percent of one core, for example <c>30.651%</c>.</param>
/// <param name="MeanCPU">Mean use, in percent of one core.</param>
/// <param name="MaxMemory">Greatest resident memory, for example <c>97.00MB</c> (1 MB is 1,048,576 bytes).</param>
/// <param name="SharedBy">How many agents the measured process holds, where it is more than one; null otherwise.</param>
public sealed record SystemResource(string? MaxCPU, string? MeanCPU, string? MaxMemory, int? SharedBy);

/// <summary>Requests per second asked of one agent, by kind of task.</summary>
/// <param name="AppHttpHealthyQPS">AppHttpHealthy tasks.</param>
/// <param name="NetReachQPS">NetReach tasks.</param>
/// <param name="NetDnsQPS">Netdns tasks.</param>
public sealed record RunningLoad(
    double AppHttpHealthyQPS,
    double NetReachQPS,
    double NetDnsQPS);
