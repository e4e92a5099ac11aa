using System.Security.Cryptography;
using System.Text;
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
    [InlineData("delete", "DELETE")]
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
    [InlineData("a06")]
    [InlineData("a07")]
    [InlineData("a08")]
    [InlineData("a09")]
    [InlineData("a10")]
    [InlineData("a12")]
    [InlineData("a13")]
    [InlineData("delete")]
    [InlineData("kept")]
    [InlineData("fields")]
    public void A11_A14_the_reported_number_of_requests_is_rate_times_duration_and_the_servers_own(string task)
    {
        Assert.All(run.TargetsOf(task), target => Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.RequestCounts));
        Assert.Equal(run.Agents * KindsRun.PerAgent, run.ServedTo(task));
    }

    [Theory]
    [InlineData("a07", ServedApplication.Body)]
    [InlineData("fields", ServedApplication.Fields)]
    public void A07_the_body_of_the_ConfigMap_arrives_with_every_request_as_it_is_or_as_JSON(string task, string body)
    {
        var record = run.RecordOf(task);
        Assert.Equal(
            (run.Agents * KindsRun.PerAgent, body.Length, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))),
            ((int)record["bodyCount"]!, (int)record["bodyLength"]!, (string)record["bodySha256"]!));
    }

    /// <remarks>Seen red: keepAlive does not reach the agents.</remarks>
    [Fact]
    public void Connections_are_kept_where_the_task_says_so_and_else_each_request_opens_its_own()
    {
        Succeeds("kept");
        Assert.All(run.TargetsOf("a01"), target => Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.Phases!.Connect!.Counts));

        // One connection, and another only where an answer takes so long that the next request is due before it.
        Assert.All(run.TargetsOf("kept"), target => Assert.InRange(target.RequestTargetMetrics.Phases!.Connect!.Counts, 1, KindsRun.PerAgent / 2));
    }

    [Fact]
    public void A12_a_success_rate_below_one_is_met_by_the_servers_own_count()
    {
        var all = run.Agents * KindsRun.PerAgent;
        Assert.All(run.ReportOf("a12").Report.LatestRoundReport, agent => Assert.True(agent.RoundResult == "succeed", agent.ReasonsForFailure));
        Assert.Equal(all, run.ServedTo("a12"));
        Assert.Equal(all / 10, run.TargetsOf("a12").Sum(target => target.RequestTargetMetrics.Errors.GetValueOrDefault("verify: wrong status")));
        Assert.Equal(all - (all / 10), run.TargetsOf("a12").Sum(target => target.RequestTargetMetrics.SuccessCounts));
    }

    [Fact]
    public void A13_https_over_HTTP2_with_a_body_is_what_the_server_sees_too()
    {
        Succeeds("a13");
        var record = run.RecordOf("a13");
        Assert.Equal((run.Agents * KindsRun.PerAgent, run.Agents * KindsRun.PerAgent), ((int)record["http2"]!, (int)record["bodyCount"]!));
        Assert.Equal(0, (int)run.RecordOf("a04")["http2"]!);
    }

    [Fact]
    public void A13_https_over_HTTP2_reaches_the_clusters_own_API() => Succeeds("a13-api");

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
