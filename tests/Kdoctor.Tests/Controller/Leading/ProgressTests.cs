using Kdoctor.Controller.Leading;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;
using Kdoctor.Tests.Controller.Collecting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Leading;

/// <summary>How far a round is, from the controller that runs it to one that only serves reports, over the store that both share.</summary>
public sealed class ProgressTests : IAsyncLifetime
{
    private readonly CollectorRig rig = new(agents: 2);
    private readonly OtherLeads leadership = new();
    private readonly List<TaskKey> changed = [];
    private readonly LeaderSeat seat;
    private readonly ProgressTeller leader;
    private readonly FollowedProgress follower;

    public ProgressTests()
    {
        seat = new LeaderSeat(leadership);
        leader = new ProgressTeller(rig.Store, rig.Collector, rig.Time, NullLogger<ProgressTeller>.Instance);
        follower = new FollowedProgress(rig.Store, seat, changed.Add, rig.Time, NullLogger<FollowedProgress>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RoundProgress? Seen => follower.ProgressOf(rig.Mesh.Plan.Id);

    private TaskKey Task => new(Enum.Parse<TaskKind>(rig.Mesh.Plan.TaskKind), rig.Mesh.Plan.TaskName);

    public async ValueTask InitializeAsync()
    {
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
        await rig.BeginAsync();
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task A_follower_knows_what_the_leader_knows_and_says_whose_report_has_changed()
    {
        Move(sent: 30);
        await ToldAsync();
        Assert.Equal(new RoundProgress(rig.Collector.ProgressOf(rig.Mesh.Plan.Id)!.Planned, 30, 29, 1, 2, 0), Seen);

        Move(sent: 40);
        await ToldAsync();
        await ToldAsync();
        Assert.Equal(40, Seen!.Sent);
        Assert.Equal([Task, Task], changed);
    }

    [Fact]
    public async Task A_round_that_has_ended_has_no_progress_any_more_and_its_report_has_changed()
    {
        Move(sent: 30);
        await ToldAsync();
        await rig.DeliverAsync(0);
        await rig.DeliverAsync(1);
        await ToldAsync();
        Assert.Null(Seen);
        Assert.Equal([Task, Task], changed);
    }

    [Fact]
    public async Task What_a_leader_told_that_is_gone_is_not_shown()
    {
        Move(sent: 30);
        await ToldAsync();
        leadership.LeaderAddress = null;
        await follower.LookAsync(Cancellation);
        Assert.Null(Seen);

        // Whoever leads knows it of its agents.
        leadership.LeaderAddress = "10.0.0.1:3000";
        seat.Taken = true;
        await follower.LookAsync(Cancellation);
        Assert.Null(Seen);
    }

    [Fact]
    public async Task A_store_that_fails_ends_neither_side()
    {
        using var folder = new TestFolder();
        var closed = SqliteRoundStore.Open(folder.Path("rounds.db"), new StoreBounds(), () => "installation");
        await closed.DisposeAsync();
        var failing = new FollowedProgress(closed, seat, changed.Add, rig.Time, NullLogger<FollowedProgress>.Instance);

        await new ProgressTeller(closed, rig.Collector, rig.Time, NullLogger<ProgressTeller>.Instance).TellAsync(Cancellation);
        await failing.LookAsync(Cancellation);

        Assert.Null(failing.ProgressOf(rig.Mesh.Plan.Id));
        Assert.Empty(changed);
    }

    private void Move(long sent) =>
        rig.Collector.Progressed("id-1", new ProgressMessage { RoundId = rig.Mesh.Plan.Id.ToString(), Planned = 100, Sent = sent, Succeeded = sent - 1, Failed = 1 });

    private async Task ToldAsync()
    {
        await leader.TellAsync(Cancellation);
        await follower.LookAsync(Cancellation);
    }

    private sealed class OtherLeads : ILeadership
    {
        public bool IsSole => false;

        public bool FollowersServe => true;

        public string? LeaderAddress { get; set; } = "10.0.0.1:3000";

        public Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken stopping) => throw new NotSupportedException();
    }
}
