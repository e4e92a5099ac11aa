using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>The predecessor's cases A01 to A14 for AppHttpHealthy in the cluster.</summary>
public sealed partial class KindsCases
{
    [Theory]
    [InlineData("a01", "GET")]
    [InlineData("a06", "PUT")]
    [InlineData("a07", "POST")]
    [InlineData("a08", "HEAD")]
    [InlineData("a09", "PATCH")]
    [InlineData("a10", "OPTIONS")]
    public void A01_A06_A07_A08_A09_A10_every_method_reaches_the_application(string task, string method)
    {
        Succeeds(task);
        Assert.All(run.TargetsOf(task), target => Assert.Equal(method, target.Method));
    }

    [Fact]
    public void A02_a_wrong_status_code_fails_and_names_both() => Fails("a02", "verify: wrong status", "status 200, expected 201");

    [Fact]
    public void A03_an_application_that_is_too_slow_fails_with_both_numbers() => Assert.All(run.ReportOf("a03").Report.LatestRoundReport, agent =>
    {
        var target = Assert.Single(agent.Measurements!.RoundTaskDetail);
        Assert.Contains("ms is above the expected 100 ms", target.FailureReason, StringComparison.Ordinal);

        // On a machine that is too busy the delay may be the agent's own, and then proves nothing.
        Assert.Equal(agent.AgentOverload is null ? "fail" : "unknown", target.Verdict);
    });

    [Fact]
    public void A04_https_is_verified_with_the_authority_of_the_Secret() => Succeeds("a04");

    [Fact]
    public void A05_https_with_a_bad_authority_fails_before_any_request_is_sent()
    {
        Fails("a05", "handshake: certificate untrusted", "ca.crt of the Secret is the authority");
        Assert.Equal(0, run.ServedTo("a05"));
    }

    [Theory]
    [InlineData("a01")]
    [InlineData("a03")]
    [InlineData("a04")]
    [InlineData("a07")]
    public void A11_A14_the_reported_number_of_requests_is_rate_times_duration_and_the_servers_own(string task)
    {
        Assert.All(run.TargetsOf(task), target => Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.RequestCounts));
        Assert.Equal(run.Agents * KindsRun.PerAgent, run.ServedTo(task));
    }

    [Fact]
    public void A13_https_over_HTTP2_reaches_the_clusters_own_API() => Succeeds("a13");

    private void Fails(string task, string error, string words)
    {
        Assert.Equal(run.Agents, run.TargetsOf(task).Count);
        Assert.All(run.TargetsOf(task), target =>
        {
            Assert.Equal("fail", target.Verdict);
            Assert.Contains(words, target.FailureReason, StringComparison.Ordinal);
            Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.Errors[error]);
        });
    }
}
