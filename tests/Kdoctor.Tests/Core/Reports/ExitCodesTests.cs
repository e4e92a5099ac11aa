using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Reports;

public sealed class ExitCodesTests
{
    private static readonly MeshRound Mesh = MeshRound.Of(2, 10);
    private static readonly KdoctorReport Good = Mesh.Report([.. Mesh.Shards()]);
    private static readonly KdoctorReport Bad = Mesh.Report([Mesh.Shard(0)]);
    private static readonly KdoctorReport Unknown = Mesh.Report([]);
    private static readonly KdoctorReport Running = Mesh.Ongoing(new RoundProgress(1, 0, 0, 0, 2, 0));

    [Fact]
    public void Every_round_succeeded_is_0() => Assert.Equal(0, ExitCodes.Of([Good, Good]));

    [Fact]
    public void A_failed_round_is_1_whatever_the_others_came_to() => Assert.Equal(1, ExitCodes.Of([Good, Unknown, Running, Bad]));

    [Fact]
    public void A_failed_round_before_the_latest_is_1() =>
        Assert.Equal(1, ExitCodes.Of([Good with { Report = Good.Report with { History = [Good.Report.History[0], Bad.Report.History[0]] } }]));

    [Fact]
    public void No_verdict_is_3()
    {
        Assert.Equal(3, ExitCodes.Of([]));
        Assert.Equal(3, ExitCodes.Of([Mesh.NotStarted()]));
        Assert.Equal(3, ExitCodes.Of([Good, Unknown]));
        Assert.Equal(3, ExitCodes.Of([Good, Running]));
        Assert.Equal(3, ExitCodes.Of([Good with { Status = Good.Status with { TotalRoundNumber = 2 } }]));
    }

    [Fact]
    public void A_task_for_ever_needs_one_round() => Assert.Equal(0, ExitCodes.Of([Good with { Status = Good.Status with { TotalRoundNumber = -1 } }]));
}
