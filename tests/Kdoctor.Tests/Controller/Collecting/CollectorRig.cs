using System.Collections.Immutable;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Inputs;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Reports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kdoctor.Tests.Controller.Collecting;

/// <summary>A collector over a real store and a clock of the test's, with agents that are sessions without a wire.</summary>
internal sealed class CollectorRig : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly System.Threading.Channels.Channel<RoundNotice> notices = System.Threading.Channels.Channel.CreateUnbounded<RoundNotice>();

    public CollectorRig(int agents = 3, MeshRound? mesh = null)
    {
        Mesh = mesh ?? MeshRound.Of(agents);
        Store = SqliteRoundStore.Open(folder.Path("rounds.db"), new StoreBounds(), () => "installation");
        Collector = NewCollector();
    }

    public MeshRound Mesh { get; }

    public FakeTimeProvider Time { get; } = new(MeshRound.Noon);

    public SqliteRoundStore Store { get; private set; }

    public AgentSessions Sessions { get; private set; } = new(1000);

    public RoundCollector Collector { get; private set; }

    /// <summary>What controllers made from here on read beside the store.</summary>
    public IRoundInputs? Inputs { get; set; }

    public RoundRecord Record => new() { Plan = Mesh.Plan, Expect = Mesh.Task.Expect, Spec = Mesh.Task.Spec };

    public Task<bool> BeginAsync() => Collector.BeginAsync(Record, null);

    public Task<AgentSession> ConnectAsync(int agent, params string[] held) => ConnectProcessAsync(agent, null, held);

    /// <summary>Connects an agent that says which process it is.</summary>
    public async Task<AgentSession> ConnectProcessAsync(int agent, string? instance, params string[] held)
    {
        var session = new AgentSession(MeshSnapshot.Agent(agent + 1), held.ToImmutableHashSet(), instance);
        Sessions.TryAdd(session);
        await Collector.ConnectedAsync(session);
        return session;
    }

    public async Task DisconnectAsync(AgentSession session)
    {
        session.End("gone");
        Sessions.Remove(session);
        await Collector.DisconnectedAsync(session.Agent.Id);
    }

    public Task<string?> DeliverAsync(int agent) => DeliverAsync(Mesh.Shard(agent));

    public Task<string?> DeliverAsync(AgentShard shard, string? onStreamOf = null) =>
        Collector.ShardAsync(onStreamOf ?? shard.AgentId, Mesh.Plan.Id.ToString(), [.. ShardCodec.Encode(shard)]);

    /// <summary>What was queued for an agent so far.</summary>
    public static List<ControllerMessage> Told(AgentSession session)
    {
        session.End("looked at");
        return [.. session.Outgoing(default).ToBlockingEnumerable()];
    }

    public async Task<RoundRow> EndedAsync()
    {
        await foreach (var notice in notices.Reader.ReadAllAsync())
        {
            if (notice.Event == RoundEvent.Ended)
                return (await Store.HistoryAsync(notice.Id.TaskUid, 1, default))[0];
        }
        throw new InvalidOperationException("no round ended");
    }

    public async Task<RoundRow> RowAsync() => (await Store.HistoryAsync(Mesh.Task.Uid, 1, default))[0];

    /// <summary>A new controller over the old one's file; no agent is connected yet.</summary>
    public async Task RestartAsync()
    {
        await Collector.DisposeAsync();
        await Store.DisposeAsync();
        Store = SqliteRoundStore.Open(folder.Path("rounds.db"), new StoreBounds(), () => "installation");
        Sessions = new AgentSessions(1000);
        Collector = NewCollector();
        await Collector.ResumeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Collector.DisposeAsync();
        await Store.DisposeAsync();
        folder.Dispose();
    }

    private RoundCollector NewCollector()
    {
        var collector = new RoundCollector(Store, Sessions, new CollectorOptions(), Time, NullLogger<RoundCollector>.Instance) { Inputs = Inputs };
        collector.Changed += notice => notices.Writer.TryWrite(notice);
        return collector;
    }
}
