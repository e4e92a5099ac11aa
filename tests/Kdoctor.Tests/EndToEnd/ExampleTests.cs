using Kdoctor.Cli.Lab;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>
/// The examples that a lab has all for, as they stand, one round each; two of them are run in <see cref="RunTests"/>. The others ask applications and servers
/// that only their readers have.
/// </summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Examples_that_need_nothing_from_outside_succeed_in_the_lab()
    {
        string[] examples = ["netdns.yaml", "netdns-selected-nodes.yaml", "netreach-every-10s.yaml"];
        var reports = await LabRun.RunAsync(
            string.Join("---\n", examples.Select(example => Repository.Read($"examples/{example}"))),
            new LabOptions { Nodes = 2 }, rounds: 1);
        Assert.Equal(["cluster-dns", "dns-from-workers", "reach-often"], reports.Select(report => report.Task.Name));
        Assert.All(reports, report => Assert.True(report.Report.LatestRound!.Status == "succeed", $"{report.Task.Name}: {report.Report.LatestRound.Summary}"));
    }
}
