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
        foreach (var secret in new[] { run.ClientKey, ServedApplication.Body })
        {
            var octets = Encoding.UTF8.GetBytes(secret);
            foreach (var form in new[] { secret.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1] == secret ? secret : secret.Split('\n')[1], Convert.ToBase64String(octets), Convert.ToHexString(octets) })
                Assert.DoesNotContain(form, run.Spoken, StringComparison.OrdinalIgnoreCase);
        }
    }
}
