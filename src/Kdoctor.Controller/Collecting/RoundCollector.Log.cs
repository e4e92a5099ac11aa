using Kdoctor.Core.Planning;
using Kdoctor.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Collecting;

internal sealed partial class RoundCollector
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Round {Round} of {Kind} {Task} began: {Agents} agents, {Targets} targets")]
    private partial void LogBegan(RoundId round, string kind, string task, int agents, int targets);

    [LoggerMessage(Level = LogLevel.Information, Message = "Round {Round} is taken up again")]
    private partial void LogResumed(RoundId round);

    [LoggerMessage(Level = LogLevel.Information, Message = "Round {Round} ended: {Verdict}: {Summary}")]
    private partial void LogEnded(RoundId round, Verdict verdict, string summary);

    [LoggerMessage(Level = LogLevel.Information, Message = "Round {Round}: the shard of agent {AgentId} came after the verdict")]
    private partial void LogLate(RoundId round, string agentId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Round {Round}: agent {AgentId} begins only now and not at {Start}: its stream had broken before it was told")]
    private partial void LogToldLate(RoundId round, string agentId, DateTimeOffset start);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Round {Round}: agent {AgentId} is silent: {Reason}")]
    private partial void LogSilent(RoundId round, string agentId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A shard of agent {AgentId} for round {Round} was refused: {Reason}")]
    private partial void LogBadShard(string agentId, string round, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store failed; trying again in {Delay}")]
    private partial void LogStoreFailed(Exception error, TimeSpan delay);
}
