using Kdoctor.Agent.Hosting;
using Kdoctor.Controller.Collecting;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Verdicts;
using Xunit;

namespace Kdoctor.Tests.Controller.Sessions;

/// <summary>Agents whose token and authority are files, and their end.</summary>
public sealed class StoppingAgentTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_and_authority_are_read_again_at_every_dial()
    {
        await using var rig = await StreamRig.StartAsync();
        var (token, authority) = (folder.Path("token"), folder.Path("ca.crt"));
        await File.WriteAllTextAsync(token, "an-older-token-than-this\n", Cancellation);
        await using var site = rig.NewSite(1);
        await using var agent = AgentHost.Start(
            rig.Options(1) with { JoinToken = null, TokenFile = token, AuthorityPin = null, AuthorityFile = authority }, site, new Random(1));

        // Neither is right at the start; both become so while it dials.
        await File.WriteAllTextAsync(authority, rig.Certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(token, StreamRig.Token + "\n", Cancellation);
        await rig.ConnectedAsync(1);
    }

    [Fact]
    public async Task The_controllers_name_is_the_one_that_was_fixed_whatever_address_is_dialled()
    {
        await using var rig = await StreamRig.StartAsync();
        await using var site = rig.NewSite(1);
        await using var agent = AgentHost.Start(rig.Options(1) with { ServerName = "localhost", AuthorityPin = null, Authority = rig.Certificate }, site, new Random(1));
        await rig.ConnectedAsync(1);
        await using var stranger = AgentHost.Start(
            rig.Options(2) with { ServerName = "kdoctor-controller.kdoctor.svc", AuthorityPin = null, Authority = rig.Certificate }, site, new Random(1));
        Assert.False(stranger.Welcomed.IsCompleted);
    }

    [Fact]
    public async Task A_stopping_agent_ends_its_round_and_hands_it_in_and_takes_no_other()
    {
        await using var rig = await StreamRig.StartAsync();
        await using var site = rig.NewSite(1);
        await using var agent = AgentHost.Start(rig.Options(1), site, new Random(1));
        await rig.ConnectedAsync(1);
        await rig.BeginAsync(TimeSpan.FromMilliseconds(600));
        await rig.NoticeAsync(RoundEvent.Progressed);
        await agent.HandInAsync(TimeSpan.FromSeconds(60), Cancellation);
        var row = await rig.NoticeAsync(RoundEvent.Ended);
        Assert.True(row.Verdict == Verdict.Succeed, row.Summary);
        Assert.Equal(12, row.Tally!.Requests.Succeeded);
    }

    [Fact]
    public async Task An_agent_that_stops_says_goodbye_and_one_that_breaks_off_does_not()
    {
        await using var rig = await StreamRig.StartAsync();
        var left = new List<string>();
        rig.Host.Left += left.Add;
        await using var site = rig.NewSite(1);
        var (channel, broken) = rig.Dial();
        using (channel)
        {
            await broken.RequestStream.WriteAsync(StreamRig.Hello("broken"), Cancellation);
            await using (var agent = AgentHost.Start(rig.Options(1), site, new Random(1)))
            {
                await agent.Welcomed.WaitAsync(Cancellation);
                await rig.ConnectedAsync(2);
            }
            await rig.ConnectedAsync(1);
        }
        await rig.ConnectedAsync(0);
        Assert.Equal(["id-1"], left);
    }

    [Fact]
    public async Task An_agent_without_a_controller_stops_at_once()
    {
        await using var rig = await StreamRig.StartAsync();
        await using var site = rig.NewSite(1);
        var agent = AgentHost.Start(rig.Options(1) with { Controllers = [new Uri("https://127.0.0.1:1")] }, site, new Random(1));
        await agent.DisposeAsync();
        Assert.False(agent.Welcomed.IsCompleted);
    }

    [Fact]
    public async Task A_round_that_would_take_too_long_is_cut_short_and_what_it_found_is_handed_in()
    {
        await using var rig = await StreamRig.StartAsync();
        await using var site = rig.NewSite(1);
        await using var agent = AgentHost.Start(rig.Options(1), site, new Random(1));
        await rig.ConnectedAsync(1);
        await rig.BeginAsync(TimeSpan.FromMinutes(1));
        await rig.NoticeAsync(RoundEvent.Progressed);
        await agent.HandInAsync(TimeSpan.FromSeconds(2), Cancellation);
        var row = await rig.NoticeAsync(RoundEvent.Ended);
        Assert.Equal(Verdict.Unknown, row.Verdict);
        var shard = ShardCodec.Decode([.. (await rig.Store.ShardsAsync(row.Id, Cancellation).SingleAsync(Cancellation)).Parts]);
        Assert.Equal("the agent is being stopped", shard.CutShort);
        Assert.NotEqual(0, row.Tally!.Requests.Succeeded);
    }
}
