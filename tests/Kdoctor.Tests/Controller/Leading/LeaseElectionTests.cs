using CsCheck;
using Kdoctor.Controller.Leading;
using Xunit;

namespace Kdoctor.Tests.Controller.Leading;

public sealed class LeaseElectionTests
{
    [Fact]
    public async Task The_first_leads_and_the_second_knows_where()
    {
        await using var rig = new ElectionRig();
        var first = rig.Start("first");
        await rig.UntilAsync(() => first.Leads);
        var second = rig.Start("second");
        await rig.PassAsync(TimeSpan.FromSeconds(30));
        Assert.True(first.Leads);
        Assert.False(second.Leads);
        Assert.Equal("first:3000", second.Election.LeaderAddress);
        Assert.Null(first.Election.LeaderAddress);
        Assert.Equal(("first", TimeSpan.FromSeconds(8)), (rig.Lease.Now!.Holder, rig.Lease.Now.Duration));
    }

    [Fact]
    public async Task A_leader_that_vanishes_is_succeeded_within_fifteen_seconds_and_had_stopped_before()
    {
        await using var rig = new ElectionRig();
        var first = rig.Start("first");
        await rig.UntilAsync(() => first.Leads);
        var second = rig.Start("second");
        await rig.PassAsync(TimeSpan.FromSeconds(5));
        var vanished = rig.Elapsed;
        first.Way.IsCut = true;
        await rig.UntilAsync(() => second.Leads);
        Assert.Equal(["first True", "first False", "second True"], rig.History.Select(entry => $"{entry.Who} {entry.Leads}"));
        Assert.InRange(rig.History[2].At - vanished, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(15));
        Assert.Equal(1, rig.Lease.Now!.Transitions);
    }

    [Fact]
    public async Task The_lease_tells_within_two_seconds_how_many_agents_are_connected_to_the_leader()
    {
        await using var rig = new ElectionRig();
        var first = rig.Start("first");
        await rig.UntilAsync(() => first.Leads);
        Assert.Equal(0, rig.Lease.Now!.Agents);
        first.Agents = 3;
        await rig.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(3, rig.Lease.Now.Agents);
        await first.StopAsync();
        Assert.Null(rig.Lease.Now.Agents);
    }

    [Fact]
    public async Task A_leader_that_stops_in_good_order_is_succeeded_at_once()
    {
        await using var rig = new ElectionRig();
        var first = rig.Start("first");
        await rig.UntilAsync(() => first.Leads);
        var second = rig.Start("second");
        await rig.PassAsync(TimeSpan.FromSeconds(5));
        var stopped = rig.Elapsed;
        await first.StopAsync();
        Assert.Null(rig.Lease.Now!.Holder);
        await rig.UntilAsync(() => second.Leads);
        Assert.InRange(rig.History[^1].At - stopped, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_short_outage_of_the_api_server_changes_nothing()
    {
        await using var rig = new ElectionRig();
        var first = rig.Start("first");
        await rig.UntilAsync(() => first.Leads);
        var second = rig.Start("second");
        await rig.PassAsync(TimeSpan.FromSeconds(5));
        first.Way.IsCut = second.Way.IsCut = true;
        await rig.PassAsync(TimeSpan.FromSeconds(4));
        first.Way.IsCut = second.Way.IsCut = false;
        await rig.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Single(rig.History);
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_no_loss()
    {
        await using var rig = new ElectionRig();
        var first = rig.Start("first");
        await rig.UntilAsync(() => first.Leads);
        first.Way.LosesAnswers = true;
        await rig.PassAsync(TimeSpan.FromSeconds(2));
        first.Way.LosesAnswers = false;
        await rig.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Single(rig.History);
    }

    [Fact]
    public async Task Work_that_cannot_begin_leaves_the_lease_to_others()
    {
        await using var rig = new ElectionRig();
        rig.Start("first", _ => Task.FromException(new IOException("the store is away")));
        await rig.UntilAsync(() => rig.History.Count > 1);
        var second = rig.Start("second");
        await rig.UntilAsync(() => second.Leads);
        await rig.PassAsync(TimeSpan.FromSeconds(20));
        Assert.True(second.Leads);
    }

    [Fact]
    public Task Whatever_is_cut_and_when_two_never_lead_at_the_same_time() =>
        Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Int[1, 80]).Array[1, 12].SampleAsync(
            async cuts =>
            {
                await using var rig = new ElectionRig();
                var all = new[] { rig.Start("a"), rig.Start("bb"), rig.Start("ccc") };
                foreach (var (who, cut, tenths) in cuts)
                {
                    all[who].Way.IsCut = cut;
                    await rig.PassAsync(TimeSpan.FromMilliseconds(100 * tenths));
                }
                var leaders = 0;
                Assert.True(rig.History.All(entry => (leaders += entry.Leads ? 1 : -1) is 0 or 1), string.Join(", ", rig.History));
            },
            iter: 12,
            threads: 1);

    [Fact]
    public void Wrong_options_are_all_named()
    {
        var wrong = new LeaderOptions { Identity = "", Address = "", SharedStore = true, LeaseDuration = TimeSpan.FromSeconds(3), Every = TimeSpan.FromSeconds(1) };
        Assert.Equal(4, wrong.Problems().Count());
    }
}
