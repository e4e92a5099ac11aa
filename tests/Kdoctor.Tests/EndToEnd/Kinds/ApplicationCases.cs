using System.Text;
using Xunit;

namespace Kdoctor.Tests.EndToEnd.Kinds;

/// <summary>The predecessor's cases A01 to A14 for AppHttpHealthy, and what goes wrong with applications, end to end in the lab.</summary>
public sealed partial class ApplicationCases(ApplicationRun run) : IClassFixture<ApplicationRun>
{
    private const int All = ApplicationRun.Agents * ApplicationRun.PerAgent;

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
        Assert.All(run.Application.Of(task), seen => Assert.Equal(method, seen.Method));
        Assert.All(run.TargetsOf(task), target => Assert.Equal((method, "IPv4", "application"), (target.Method, target.Family, target.Channel)));
    }

    [Fact]
    public void A01_headers_are_sent() => Assert.All(run.Application.Of("a01"), seen => Assert.Equal("a01", seen.Header));

    [Fact]
    public void A02_a_wrong_status_code_fails_and_names_both() => Fails("a02", "verify: wrong status", "status 200, expected 201");

    [Fact]
    public void A03_an_application_that_is_too_slow_fails_with_both_numbers() => Assert.All(run.Reports["a03"].Report.LatestRoundReport, agent =>
    {
        var target = Assert.Single(agent.Measurements!.RoundTaskDetail);
        Assert.Contains("ms is above the expected 100 ms", target.FailureReason, StringComparison.Ordinal);

        // On a machine that is too busy the delay may be the agent's own, and then proves nothing.
        Assert.Equal(agent.AgentOverload is null ? "fail" : "unknown", target.Verdict);
    });

    [Fact]
    public void A04_https_is_verified_with_the_authority_of_the_Secret()
    {
        Succeeds("a04");
        Assert.Equal(All, run.Application.Of("a04").Count);
    }

    [Fact]
    public void A05_https_with_a_bad_authority_fails_before_any_request_is_sent()
    {
        Fails("a05", "handshake: certificate untrusted", "ca.crt of the Secret is the authority");
        Assert.Empty(run.Application.Of("a05"));
    }

    [Fact]
    public void A07_bodies_come_from_ConfigMaps_as_they_are_or_as_JSON()
    {
        Assert.All(run.Application.Of("a06"), seen => Assert.Equal("one order, as it is", seen.Body));
        Assert.All(run.Application.Of("a07"), seen => Assert.Equal("""{"id":"7","name":"kdoctor"}""", seen.Body));
    }

    [Theory]
    [InlineData("a01")]
    [InlineData("a03")]
    [InlineData("a12")]
    [InlineData("a13")]
    public void A11_A14_the_reported_number_of_requests_is_rate_times_duration_and_the_servers_own(string task)
    {
        Assert.Equal(All, run.Application.Of(task).Count);
        Assert.All(run.TargetsOf(task), target => Assert.Equal(ApplicationRun.PerAgent, target.RequestTargetMetrics.RequestCounts));
    }

    [Fact]
    public void A12_a_success_rate_below_one_is_met()
    {
        Assert.Equal("succeed", run.Reports["a12"].Report.LatestRoundReport[0].RoundResult);
        Assert.Equal(All / 4, run.TargetsOf("a12").Sum(target => target.RequestTargetMetrics.FailedCounts));
    }

    [Fact]
    public void A13_https_over_HTTP2()
    {
        Succeeds("a13");
        Assert.All(run.Application.Of("a13"), seen => Assert.Equal("HTTP/2", seen.Protocol));
    }

    [Fact]
    public void A_client_certificate_authenticates_and_without_one_the_server_says_no()
    {
        Succeeds("mutual");
        Assert.Equal(All, run.App.Echo.RequestsOf("mutual"));
        Fails("stranger", "handshake: client certificate missing", "tls.crt and tls.key of the Secret");
    }

    [Fact]
    public void A_name_is_resolved_by_each_agent_and_its_address_and_family_are_reported()
    {
        Succeeds("named");
        Assert.All(run.TargetsOf("named"), target => Assert.Equal(
            target.RequestTargetMetrics.ResolvedAddress!.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4", target.Family));
    }

    [Fact]
    public void IPv6_literals_are_targets_like_others()
    {
        Succeeds("ipv6");
        Assert.All(run.TargetsOf("ipv6"), target => Assert.Equal("IPv6", target.Family));
        Assert.Equal(All, run.App.Echo.RequestsOf("ipv6"));
    }

    [Theory]
    [InlineData("redirect", "verify: wrong status", "status 302, expected 2xx")]
    [InlineData("default-backend", "verify: wrong status", "an ingress's 404 for a host or path without a rule")]
    [InlineData("expired", "handshake: certificate expired", "renew the server's certificate")]
    [InlineData("wrong-name", "handshake: certificate for another name", "the certificate is not for 127.0.0.1")]
    [InlineData("no-name", "resolve: no such name", "the agent's resolver knows no such name")]
    public void Each_failure_has_a_reason_that_a_person_can_act_on(string task, string error, string words) => Fails(task, error, words);

    [Fact]
    public void A_name_that_leads_nowhere_has_no_family() => Assert.All(run.TargetsOf("no-name"), target => Assert.Null(target.Family));

    [Theory]
    [InlineData("no-secret", "Secret shop/nowhere, which the task names, cannot be read: there is none")]
    [InlineData("no-key", "Secret shop/no-key has tls.crt without tls.key")]
    public void S5_an_object_that_cannot_be_had_leaves_the_round_unknown_and_nothing_is_sent(string task, string words)
    {
        Assert.Contains(words, Assert.Single(run.Reports[task].Report.LeftOut!).Reason, StringComparison.Ordinal);
        Assert.All(run.Reports[task].Report.LatestRoundReport, agent => Assert.Equal("unknown", agent.RoundResult));
        Assert.Empty(run.Application.Of(task));
    }

    [Fact]
    public void CONNECT_is_sent_as_it_is_meant() => Assert.Equal(All, run.Application.Of("CONNECT").Count);

    [Fact]
    public void S6_no_report_and_no_log_has_anything_of_the_key_or_the_body()
    {
        var key = Encoding.ASCII.GetString(run.Client.Key).Split('\n')[1];
        foreach (var text in new[] { run.Result.Output, run.Result.Errors })
        {
            Assert.DoesNotContain(key, text, StringComparison.Ordinal);
            Assert.DoesNotContain("one order, as it is", text, StringComparison.Ordinal);
        }
    }

    private void Succeeds(string task)
    {
        Assert.All(run.Reports[task].Report.LatestRoundReport, agent => Assert.True(agent.RoundResult == "succeed", $"{task}: {agent.ReasonsForFailure}"));
        Assert.All(run.TargetsOf(task), target => Assert.Equal(ApplicationRun.PerAgent, target.RequestTargetMetrics.SuccessCounts));
        Assert.Equal(ApplicationRun.Agents, run.TargetsOf(task).Count);
    }

    private void Fails(string task, string error, string words)
    {
        Assert.Equal(ApplicationRun.Agents, run.TargetsOf(task).Count);
        Assert.All(run.TargetsOf(task), target =>
        {
            Assert.Equal("fail", target.Verdict);
            Assert.Contains(words, target.FailureReason, StringComparison.Ordinal);
            Assert.Equal(ApplicationRun.PerAgent, target.RequestTargetMetrics.Errors[error]);
        });
    }
}
