using System.Threading.Channels;
using Grpc.Core;
using Kdoctor.Agent.Rounds;
using Kdoctor.Core.Protocol;

namespace Kdoctor.Agent.Dialling;

/// <summary>
/// One stream's life: Hello with all that is held; then what the controller says is done as it comes, and what there is to say is said when
/// there is something: shards that were not yet said on this stream, refusals, and once a second the progress of running rounds. An agent that stops
/// on purpose says goodbye last.
/// </summary>
internal sealed class Conversation(AgentRounds rounds, TimeProvider time)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    // What is to be said is looked up when its turn comes, so that the queue holds reasons to look and not messages.
    private readonly Channel<bool> reasons = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Channel<RoundRefused> refusals = Channel.CreateBounded<RoundRefused>(new BoundedChannelOptions(AgentRounds.MaxRunning) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly HashSet<string> said = new(StringComparer.Ordinal);
    private volatile bool progressDue;
    private volatile bool leaving;

    /// <summary>Raised when the controller has taken the agent in.</summary>
    public event Action<Welcome>? Welcomed;

    /// <summary>Says goodbye after all that is still to be said; the controller then ends the stream.</summary>
    public void Leave()
    {
        leaving = true;
        Wake();
    }

    /// <summary>Returns when the controller ends the stream.</summary>
    /// <exception cref="RpcException">The stream was refused or broke.</exception>
    public async Task HoldAsync(AsyncDuplexStreamingCall<AgentMessage, ControllerMessage> call, Hello hello, CancellationToken cancellation)
    {
        var greeting = hello.Clone();
        greeting.HeldRounds.AddRange(rounds.Held);
        await call.RequestStream.WriteAsync(new AgentMessage { Hello = greeting }, cancellation).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        rounds.Finished += Wake;
        using var ticker = time.CreateTimer(_ => Tick(), null, ProgressEvery, ProgressEvery);
        var speaking = SpeakAsync(call.RequestStream, over.Token);
        try
        {
            Wake();
            await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation).ConfigureAwait(false))
                Hear(message);
        }
        finally
        {
            rounds.Finished -= Wake;
            await over.CancelAsync().ConfigureAwait(false);
            await speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Hear(ControllerMessage message)
    {
        switch (message.BodyCase)
        {
            case ControllerMessage.BodyOneofCase.Welcome:
                Welcomed?.Invoke(message.Welcome);
                break;
            case ControllerMessage.BodyOneofCase.Assignment:
                if (rounds.Begin(message.Assignment) is { } reason)
                {
                    refusals.Writer.TryWrite(new RoundRefused { RoundId = message.Assignment.RoundId, Reason = reason });
                    Wake();
                }
                break;
            case ControllerMessage.BodyOneofCase.Cancel:
                rounds.Cancel(message.Cancel.RoundId, message.Cancel.Reason);
                break;
            case ControllerMessage.BodyOneofCase.Acknowledged:
                rounds.Acknowledge(message.Acknowledged);
                break;
            default:
                // A newer controller may say more than this version understands.
                break;
        }
    }

    private async Task SpeakAsync(IClientStreamWriter<AgentMessage> stream, CancellationToken cancellation)
    {
        await foreach (var _ in reasons.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            while (refusals.Reader.TryRead(out var refused))
                await stream.WriteAsync(new AgentMessage { Refused = refused }, cancellation).ConfigureAwait(false);
            if (progressDue)
            {
                progressDue = false;
                foreach (var progress in rounds.Progress())
                    await stream.WriteAsync(new AgentMessage { Progress = progress }, cancellation).ConfigureAwait(false);
            }
            foreach (var shard in rounds.Shelf.Kept.Where(shard => said.Add(shard.RoundId)))
            {
                foreach (var part in shard.Parts)
                    await stream.WriteAsync(new AgentMessage { Shard = part }, cancellation).ConfigureAwait(false);
            }
            said.IntersectWith(rounds.Held);
            if (leaving)
            {
                await stream.WriteAsync(new AgentMessage { Goodbye = new Goodbye { Reason = "the agent stops" } }, cancellation).ConfigureAwait(false);
                return;
            }
        }
    }

    private void Tick()
    {
        if (!rounds.IsRunning)
            return;
        progressDue = true;
        Wake();
    }

    private void Wake() => reasons.Writer.TryWrite(true);
}
