using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>What goes wrong at the other end, seen through the whole of kdoctor: each fault fails the round, under its own name.</summary>
public sealed class FaultTests(FaultRound round) : IClassFixture<FaultRound>
{
    [Fact]
    public void A_closed_port_is_refused() => AssertFails("closed", "connect: refused");

    [Fact]
    public void A_black_hole_times_out_while_connecting() => AssertFails("hole", "connect: timed out");

    [Fact]
    public void A_reset_is_a_reset() => AssertFails("reset", "body: reset");

    [Fact]
    public void A_silent_server_times_out_before_the_first_byte() => AssertFails("silent", "first byte: timed out");

    [Fact]
    public void A_503_is_a_wrong_status() => AssertFails("unavailable", "verify: wrong status");

    [Fact]
    public void A_slow_server_fails_the_mean_delay_though_every_request_succeeds()
    {
        var target = round.Of("slow");
        Assert.Equal(1, target.RequestSucceedRate);
        Assert.Matches(@"^mean delay [\d.]+ ms is above the expected 50 ms$", target.FailureReason!);
        Assert.Equal(target.RequestMeanDelay, target.RequestTargetMetrics.Latencies!.MeanInMs);
    }

    private void AssertFails(string fault, string error)
    {
        var target = round.Of(fault);
        Assert.Equal([error], target.RequestTargetMetrics.Errors.Keys);
        Assert.Equal(target.RequestTargetMetrics.RequestCounts, target.RequestTargetMetrics.FailedCounts);
        Assert.Null(target.RequestTargetMetrics.Latencies);
        Assert.Contains(error, target.FailureReason!, StringComparison.Ordinal);
        Assert.Contains(target.RequestTargetMetrics.Samples!, sample => sample.Error == error);
    }
}
