using Grpc.Core;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Leading;
using Kdoctor.Core.Protocol;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Sessions;

/// <summary>
/// The agents' side of the controller. One call is one agent's stream:
/// 1. The caller proves that it may be an agent, before a byte of its stream is read. A controller that does not lead sends it to the one that does.
/// 2. It says who it is, in time.
/// 3. It is welcomed, and the rounds learn of it.
/// 4. Messages flow until either side ends the stream.
/// 5. The rounds learn that it is gone, unless a newer stream took its place.
/// </summary>
internal sealed partial class AgentControlService(
    IAgentAuthenticator authenticator,
    LeaderSeat seat,
    AgentSessions sessions,
    RoundCollector collector,
    SessionOptions options,
    Func<string, IEnumerable<string>> otherAddresses,
    TimeProvider time,
    ILogger<AgentControlService> logger) : AgentControl.AgentControlBase
{
    public override async Task Connect(
        IAsyncStreamReader<AgentMessage> requestStream, IServerStreamWriter<ControllerMessage> responseStream, ServerCallContext context)
    {
        // 1. Proof.
        var proof = await authenticator.AuthenticateAsync(context.RequestHeaders, context.CancellationToken).ConfigureAwait(false);
        if (proof.Credential is not { } credential)
        {
            LogRefused(context.Peer, proof.Refusal ?? "");
            throw new RpcException(new Status(StatusCode.Unauthenticated, proof.Refusal ?? ""));
        }

        SendAwayUnlessLeading(context.Peer);

        // 2. Hello.
        using var session = await GreetAsync(requestStream, credential, context).ConfigureAwait(false);
        if (!sessions.TryAdd(session))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"the controller serves at most {options.MaxAgents} agents"));
        LogConnected(session.Agent.Id, session.Agent.Name, session.Agent.NodeName, context.Peer);
        try
        {
            // 3. Welcome. Leadership may have been lost since, and the streams that were open then ended.
            SendAwayUnlessLeading(context.Peer);
            var told = new ToldAddresses(() => options.ControllerAddresses.Concat(otherAddresses(session.Agent.NodeName)), session.TrySend, time);
            told.Tell();
            await collector.ConnectedAsync(session).ConfigureAwait(false);

            // 4. Messages.
            await ExchangeAsync(session, told, requestStream, responseStream, context.CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // 5. Gone.
            session.End("the stream ended");
            LogGone(session.Agent.Id, session.EndReason ?? "");
            if (sessions.Remove(session))
                await collector.DisconnectedAsync(session.Agent.Id).ConfigureAwait(false);
        }
        throw new RpcException(new Status(StatusCode.Aborted, session.EndReason ?? ""));
    }

    private void SendAwayUnlessLeading(string peer)
    {
        if (seat.TakesAgents)
            return;
        var trailers = new Metadata();
        if (seat.LeaderAddress is { } leader)
            trailers.Add(LeaderTrailer.Key, leader);
        LogSentAway(peer, seat.LeaderAddress ?? "nobody yet");
        throw new RpcException(new Status(StatusCode.Unavailable, seat.LeaderAddress is null ? "no controller leads just now" : "another controller leads"), trailers);
    }

    private async Task<AgentSession> GreetAsync(IAsyncStreamReader<AgentMessage> incoming, AgentCredential credential, ServerCallContext context)
    {
        using var timeout = new CancellationTokenSource(options.HelloTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.CancellationToken);
        try
        {
            if (!await incoming.MoveNext(either.Token).ConfigureAwait(false) || incoming.Current.Hello is not { } hello)
                throw new RpcException(new Status(StatusCode.InvalidArgument, "the first message must be Hello"));
            var session = HelloReader.Read(hello);
            if (credential.AgentId is not { } only || only == session.Agent.Id)
                return session;
            session.Dispose();
            LogRefused(context.Peer, "its token is another agent's");
            throw new RpcException(new Status(StatusCode.PermissionDenied, "the token belongs to another agent"));
        }
        catch (FormatException refused)
        {
            LogRefused(context.Peer, refused.Message);
            throw new RpcException(new Status(StatusCode.InvalidArgument, refused.Message));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"no Hello within {options.HelloTimeout}"));
        }
    }

    private async Task ExchangeAsync(
        AgentSession session, ToldAddresses told, IAsyncStreamReader<AgentMessage> incoming, IServerStreamWriter<ControllerMessage> responses, CancellationToken cancelled)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(session.Ended, cancelled);
        var writing = WriteAsync(session, responses, either.Token);
        var telling = told.KeepAsync(either.Token);
        try
        {
            var assembly = new ShardAssembly();
            while (await incoming.MoveNext(either.Token).ConfigureAwait(false))
                await HandleAsync(session, assembly, incoming.Current).ConfigureAwait(false);
            session.End("the agent closed its stream");
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException or InvalidOperationException or RpcException)
        {
            session.End($"the stream broke: {broken.Message}");
        }
#pragma warning disable CA1031 // A store that fails ends this stream and no other: the agent comes back and offers its shard again.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            LogFailed(failed, session.Agent.Id);
            session.End("the controller could not take the message");
        }
        await writing.ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task WriteAsync(AgentSession session, IServerStreamWriter<ControllerMessage> responses, CancellationToken cancellation)
    {
        try
        {
            await foreach (var message in session.Outgoing(cancellation).ConfigureAwait(false))
                await responses.WriteAsync(message, cancellation).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException or InvalidOperationException or RpcException)
        {
            session.End($"the stream broke: {broken.Message}");
        }
    }

    private async Task HandleAsync(AgentSession session, ShardAssembly assembly, AgentMessage message)
    {
        switch (message.BodyCase)
        {
            case AgentMessage.BodyOneofCase.Progress:
                collector.Progressed(session.Agent.Id, message.Progress);
                break;
            case AgentMessage.BodyOneofCase.Refused:
                await collector.RefusedAsync(session.Agent.Id, message.Refused).ConfigureAwait(false);
                break;
            case AgentMessage.BodyOneofCase.Shard:
                await TakeShardAsync(session, assembly, message.Shard).ConfigureAwait(false);
                break;
            case AgentMessage.BodyOneofCase.Goodbye:
                session.Goodbye();
                break;
            default:
                session.End($"the agent sent {message.BodyCase}, which has no place here");
                break;
        }
    }

    private async Task TakeShardAsync(AgentSession session, ShardAssembly assembly, ShardPart part)
    {
        string? refused;
        try
        {
            if (assembly.Add(part) is not { } parts)
                return;
            refused = await collector.ShardAsync(session.Agent.Id, part.RoundId, parts).ConfigureAwait(false);
        }
        catch (FormatException bad)
        {
            refused = bad.Message;
            await collector.BadShardAsync(session.Agent.Id, part.RoundId, bad.Message).ConfigureAwait(false);
        }
        session.TrySend(new ControllerMessage { Acknowledged = new ShardAcknowledged { RoundId = part.RoundId, Refused = refused ?? "" } });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {AgentId} ({Name} on {Node}) connected from {Peer}")]
    private partial void LogConnected(string agentId, string name, string node, string peer);

    [LoggerMessage(Level = LogLevel.Debug, Message = "An agent from {Peer} was sent to the controller that leads: {Leader}")]
    private partial void LogSentAway(string peer, string leader);

    [LoggerMessage(Level = LogLevel.Error, Message = "The stream of agent {AgentId} is ended")]
    private partial void LogFailed(Exception error, string agentId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {AgentId} is gone: {Reason}")]
    private partial void LogGone(string agentId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A caller from {Peer} was refused: {Reason}")]
    private partial void LogRefused(string peer, string reason);
}
