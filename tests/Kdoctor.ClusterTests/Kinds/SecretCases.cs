using System.Text;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>What agents get of Secrets and ConfigMaps is used, and found nowhere afterwards.</summary>
public sealed partial class KindsCases
{
    [Fact]
    public void S5_a_client_certificate_and_a_body_reach_the_server_and_stand_in_no_log_no_report_no_status_and_no_event()
    {
        Succeeds("mutual");
        Assert.Contains("mutual", run.Spoken, StringComparison.Ordinal);
        StandsNowhereIn(run.Spoken);
    }

    [Fact]
    public void Without_a_client_certificate_the_server_that_demands_one_refuses() => Assert.All(run.TargetsOf("unproven"), target =>
    {
        Assert.Equal("fail", target.Verdict);
        Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.Errors["handshake: client certificate missing"]);
    });

    /// <summary>S5, in what is kept. Against the defect: a plan is stored with the content of the Secrets and ConfigMaps that its task names, and is found in the file.</summary>
    /// <remarks>Seen red: HttpRequestPlan.Body and TlsPlan.KeyPem are no longer left out of what is stored.</remarks>
    [Fact]
    public void S5_a_client_certificates_key_and_a_body_stand_nowhere_in_the_file_of_the_controllers_rounds()
    {
        foreach (var task in new[] { "mutual", "a07" })
            Assert.Contains($"\"TaskName\":\"{task}\"", run.Stored, StringComparison.Ordinal);
        StandsNowhereIn(run.Stored);
    }

    private void StandsNowhereIn(string text)
    {
        foreach (var secret in new[] { run.ClientKey, ServedApplication.Body })
        {
            var octets = Encoding.UTF8.GetBytes(secret);
            foreach (var form in new[] { secret.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1] == secret ? secret : secret.Split('\n')[1], Convert.ToBase64String(octets), Convert.ToHexString(octets) })
                Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase);
        }
    }
}
