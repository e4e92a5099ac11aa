using System.Collections.Immutable;
using System.Threading.Channels;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Channel = System.Threading.Channels.Channel;

namespace Kdoctor.Controller.Sessions;

/// <summary>An agent's open stream, seen from the rounds: who it is, what it holds, and a bounded queue of what is to be told to it.</summary>
internal sealed class AgentSession(AgentInfo agent, ImmutableHashSet<string> heldRounds, string? instance) : IDisposable
{
    /// <summary>Messages that may wait for an agent that reads slowly; beyond it the stream is ended and the agent dials anew.</summary>
    public const int QueuedMessages = 256;

    private readonly CancellationTokenSource ended = new();
    private readonly Lock gate = new();
    private readonly Channel<ControllerMessage> outgoing = Channel.CreateBounded<ControllerMessage>(new BoundedChannelOptions(QueuedMessages) { SingleReader = true });

    public AgentInfo Agent { get; } = agent;

    /// <summary>Rounds that the agent ran or kept a shard of when it connected.</summary>
    public ImmutableHashSet<string> HeldRounds { get; } = heldRounds;

    /// <summary>Its process: what one was told, another does not know. Null where the agent does not say.</summary>
    public string? Instance { get; } = instance;

    public CancellationToken Ended => ended.Token;

    public string? EndReason { get; private set; }

    /// <summary>Whether the agent stopped on purpose, and said so.</summary>
    public bool SaidGoodbye { get; private set; }

    public IAsyncEnumerable<ControllerMessage> Outgoing(CancellationToken cancellation) => outgoing.Reader.ReadAllAsync(cancellation);

    /// <summary>Queues a message; a full queue ends the session. What was not sent is sent again when the agent is back.</summary>
    public bool TrySend(ControllerMessage message)
    {
        if (outgoing.Writer.TryWrite(message))
            return true;
        End($"the agent left {QueuedMessages} messages unread");
        return false;
    }

    /// <summary>Ends the stream, because the agent stops on purpose.</summary>
    public void Goodbye()
    {
        SaidGoodbye = true;
        End("the agent said goodbye");
    }

    /// <summary>Ends the stream; the first reason stays.</summary>
    public void End(string reason)
    {
        lock (gate)
        {
            if (EndReason is not null)
                return;
            EndReason = reason;
            outgoing.Writer.TryComplete();
            ended.Cancel();
        }
    }

    public void Dispose() => ended.Dispose();
}
