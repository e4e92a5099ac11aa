using Grpc.Core;
using Kdoctor.Agent.Dialling;
using Kdoctor.Agent.Hosting;
using Kdoctor.Controller.Collecting;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Controller.Sessions;

/// <summary>Streams over real sockets with TLS.</summary>
public sealed class AgentStreamTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agents_that_know_the_pin_join_probe_one_another_and_report()
    {
        await using var rig = await StreamRig.StartAsync();
        await using var site = rig.NewSite(2);
        await using var first = AgentHost.Start(rig.Options(1), site, new Random(1));
        await using var second = AgentHost.Start(rig.Options(2), site, new Random(2));
        await rig.ConnectedAsync(2);
        var record = await rig.BeginAsync();
        var row = await rig.NoticeAsync(RoundEvent.Ended);
        Assert.True(row.Verdict == Verdict.Succeed, row.Summary);
        Assert.Equal(4 * record.Plan.Load.RequestsPerTarget, row.Tally!.Requests.Succeeded);
        Assert.Equal(4 * record.Plan.Load.RequestsPerTarget, first.EchoCounts.Requests + second.EchoCounts.Requests);
        var shards = await rig.Store.ShardsAsync(row.Id, Cancellation).Select(shard => ShardCodec.Decode([.. shard.Parts])).ToListAsync(Cancellation);
        Assert.All(shards, shard => Assert.Equal(40, shard.PeakLoad["NetReach"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not-the-token-of-these-tests")]
    [InlineData(StreamRig.Token + "x")]
    public async Task A_wrong_token_is_refused(string? token)
    {
        await using var rig = await StreamRig.StartAsync();
        var (channel, call) = rig.Dial(token);
        using (channel)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation).WaitAsync(Hang, Cancellation));
            Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
            Assert.Empty(rig.Host.Connected);
        }
    }

    // S3: the predecessor verified no peer.
    [Fact]
    public async Task An_agent_does_not_show_its_token_to_a_controller_of_another_authority()
    {
        await using var rig = await StreamRig.StartAsync();
        using var trust = new AuthorityTrust(null, "sha256:" + new string('0', 64));
        var refused = await Assert.ThrowsAsync<AuthenticationFailedException>(() => trust.OptionsForAsync(rig.Address, Cancellation));
        Assert.Contains(AuthorityTrust.PinOf(rig.Certificate), refused.Message, StringComparison.Ordinal);

        await using var other = await StreamRig.StartAsync();
        using var foreign = new AuthorityTrust(other.Certificate, null);
        using var handler = new SocketsHttpHandler { SslOptions = await foreign.OptionsForAsync(rig.Address, Cancellation) };
        using var client = new HttpClient(handler);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(rig.Address, Cancellation));
    }

    [Fact]
    public async Task A_newer_stream_of_the_same_agent_replaces_the_older()
    {
        await using var rig = await StreamRig.StartAsync();
        var (firstChannel, first) = rig.Dial();
        var (secondChannel, second) = rig.Dial();
        using (firstChannel)
        using (secondChannel)
        {
            await first.RequestStream.WriteAsync(StreamRig.Hello("one"), Cancellation);
            Assert.True(await first.ResponseStream.MoveNext(Cancellation).WaitAsync(Hang, Cancellation));
            await second.RequestStream.WriteAsync(StreamRig.Hello("one"), Cancellation);
            Assert.True(await second.ResponseStream.MoveNext(Cancellation).WaitAsync(Hang, Cancellation));
            Assert.NotNull(second.ResponseStream.Current.Welcome);
            var replaced = await Assert.ThrowsAsync<RpcException>(() => first.ResponseStream.MoveNext(Cancellation).WaitAsync(Hang, Cancellation));
            Assert.Contains("newer stream", replaced.Status.Detail, StringComparison.Ordinal);
            Assert.Equal("one", Assert.Single(rig.Host.Connected).Id);
        }
    }

    [Fact]
    public async Task A_shard_of_a_foreign_agent_is_answered_with_a_refusal_and_not_kept()
    {
        await using var rig = await StreamRig.StartAsync();
        var (channel, call) = rig.Dial();
        using (channel)
        {
            await call.RequestStream.WriteAsync(StreamRig.Hello("id-1"), Cancellation);
            Assert.True(await call.ResponseStream.MoveNext(Cancellation).WaitAsync(Hang, Cancellation));
            var mesh = MeshRound.Of(2);
            await rig.Host.Collector.BeginAsync(new() { Plan = mesh.Plan with { Deadline = DateTimeOffset.MaxValue }, Expect = mesh.Task.Expect, Spec = mesh.Task.Spec }, null);
            Assert.True(await call.ResponseStream.MoveNext(Cancellation).WaitAsync(Hang, Cancellation));
            Assert.NotNull(call.ResponseStream.Current.Assignment);
            foreach (var part in ShardCodec.Encode(mesh.Shard(1)))
                await call.RequestStream.WriteAsync(new AgentMessage { Shard = part }, Cancellation);
            Assert.True(await call.ResponseStream.MoveNext(Cancellation).WaitAsync(Hang, Cancellation));
            Assert.Contains("speaks for agent", call.ResponseStream.Current.Acknowledged.Refused, StringComparison.Ordinal);
            Assert.Empty(await rig.Store.ShardAgentsAsync(mesh.Plan.Id, Cancellation));
        }
    }

    [Fact]
    public async Task A_shard_that_could_not_be_delivered_is_kept_and_delivered_once_after_the_stream_is_back()
    {
        await using var rig = await StreamRig.StartAsync();
        await using var site = rig.NewSite(1);
        await using var agent = AgentHost.Start(rig.Options(1), site, new Random(1));
        await rig.ConnectedAsync(1);
        await rig.BeginAsync(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(100));
        var port = rig.Address.Port;
        while (agent.EchoCounts.Requests == 0)
            await Task.Yield();
        await rig.CloseAsync();

        // The load goes on with nobody listening; then the same port opens again.
        while (agent.EchoCounts.Requests < 10)
            await Task.Yield();
        await rig.ListenAsync(port);
        var row = await rig.NoticeAsync(RoundEvent.Ended);
        Assert.True(row.Verdict == Verdict.Succeed, row.Summary);
        Assert.Equal(10, row.Tally!.Requests.Succeeded);
        Assert.Equal(0, agent.DroppedShards);
    }

    [Fact]
    public async Task A_cancelled_round_stops_its_load()
    {
        await using var rig = await StreamRig.StartAsync();
        await using var site = rig.NewSite(1);
        await using var agent = AgentHost.Start(rig.Options(1), site, new Random(1));
        await rig.ConnectedAsync(1);
        var record = await rig.BeginAsync(TimeSpan.FromMinutes(10));
        while (agent.EchoCounts.Requests == 0)
            await Task.Yield();
        await rig.Host.Collector.SupersedeAsync(record.Plan.Id.TaskUid, "edited");

        // The shard that was cut short comes after the verdict.
        await rig.NoticeAsync(RoundEvent.Late);
        var shard = ShardCodec.Decode([.. (await rig.Store.ShardsAsync(record.Plan.Id, Cancellation).SingleAsync(Cancellation)).Parts]);
        Assert.Equal("superseded: edited", shard.CutShort);
    }

    [Theory]
    [InlineData("", "node")]
    [InlineData("with space", "node")]
    [InlineData("id", "")]
    public async Task A_hello_that_makes_no_sense_is_refused(string id, string node)
    {
        await using var rig = await StreamRig.StartAsync();
        var (channel, call) = rig.Dial();
        using (channel)
        {
            await call.RequestStream.WriteAsync(new AgentMessage { Hello = new Hello { AgentId = id, NodeName = node } }, Cancellation);
            var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation).WaitAsync(Hang, Cancellation));
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        }
    }
}
