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
        Assert.Equal(1, ExitCodes.Of([Of(rounds: 2, Good.Report.History[0], Bad.Report.History[0])]));

    /// <summary>Against the defect: a task that was edited while its round ran never proves anything, however its new spec's rounds end.</summary>
    /// <remarks>Seen red: a superseded round counts.</remarks>
    [Fact]
    public void A_superseded_round_does_not_count()
    {
        var superseded = Unknown.Report.History[0] with { Superseded = true };
        Assert.Equal(0, ExitCodes.Of([Of(rounds: 1, Good.Report.History[0], superseded)]));
        Assert.Equal(1, ExitCodes.Of([Of(rounds: 2, Good.Report.History[0], superseded, Bad.Report.History[0])]));
        Assert.Equal(3, ExitCodes.Of([Of(rounds: 0, superseded)]));
        Assert.Equal(3, ExitCodes.Of([Of(rounds: 0, Running.Report.History[0], superseded)]));
    }

    /// <summary>Against the defect: a task that failed, was edited and succeeded is a failure for ever; and one that succeeded and was edited is a success before its new spec has run.</summary>
    /// <remarks>Seen red: every round of the history counts.</remarks>
    [Fact]
    public void Rounds_before_the_task_counts_anew_do_not_count()
    {
        Assert.Equal(0, ExitCodes.Of([Of(rounds: 1, Good.Report.History[0], Bad.Report.History[0])]));
        Assert.Equal(3, ExitCodes.Of([Of(rounds: 0, Bad.Report.History[0])]));
        Assert.Equal(3, ExitCodes.Of([Of(rounds: 0, Running.Report.History[0], Good.Report.History[0])]));
    }

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

    private static KdoctorReport Of(int rounds, params RoundSummary[] history) =>
        Good with { Status = Good.Status with { RoundFinishedNumber = rounds, TotalRoundNumber = Math.Max(1, rounds) }, Report = Good.Report with { History = history } };
}
