using System.Text;
using Kdoctor.TestKit.Databases;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd.Kinds;

/// <summary>What a lab does with a Secret and with a DNS Service of which one replica is dead.</summary>
public sealed class ServedLabCases(ServedLab lab) : IClassFixture<ServedLab>
{
    [Fact]
    public async Task S5_what_agents_get_of_a_Secret_and_a_ConfigMap_is_in_no_file_of_the_store_no_log_no_report_and_no_status()
    {
        Assert.SkipWhen(lab.Kubectl is null, "kubectl is not installed");
        var report = await RunningLab.ReportAsync(lab.Kubectl!, "apphttphealthy-mutual");
        Assert.True(report.Report.LatestRound!.Status == "succeed", report.Report.LatestRound.Summary);
        Assert.Equal(2 * 10, lab.App.Echo.RequestsOf("mutual"));

        var places = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var arguments in new[] { "get kdoctorreport -o yaml", "get apphttphealthy -o yaml", "get events -A -o yaml" })
            places[arguments] = Encoding.UTF8.GetBytes((await lab.Kubectl!.RunAsync(arguments.Split(' '))).Output);
        places["stdout and stderr"] = Encoding.UTF8.GetBytes(lab.Process.Output + lab.Process.Errors);

        // objects.db is the lab's own API, whose Secret it is, and lock is empty; everything else is kdoctor's.
        foreach (var file in Directory.EnumerateFiles(lab.Data).Where(file => !Path.GetFileName(file).StartsWith("objects.db", StringComparison.Ordinal) && Path.GetFileName(file) != "lock"))
            places[Path.GetFileName(file)] = await ReadAsync(file);
        Assert.Contains("rounds.db-wal", places.Keys);
        places["the rounds, unpacked"] = Encoding.UTF8.GetBytes(StoreText.Of(places["rounds.db"], places["rounds.db-wal"]));
        Assert.True(Holds(places["the rounds, unpacked"], "\"TaskName\":\"mutual\""), "the store's blobs are not searched");
        Assert.True(Holds(places["rounds.db"], "mutual") || Holds(places["rounds.db-wal"], "mutual"), "the store is not searched where its rounds are");
        foreach (var secret in new[] { lab.Key.Split('\n')[1], ServedLab.Body })
        {
            var forms = new[] { secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))[..^4], Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)) };
            Assert.Empty(places.Where(place => forms.Any(form => Holds(place.Value, form))).Select(place => place.Key));
        }
        Assert.Empty(places.Where(place => Holds(place.Value, Convert.FromBase64String(string.Concat(lab.Key.Split('\n').Where(line => !line.StartsWith('-')))))).Select(place => place.Key));
    }

    [Fact]
    public async Task A_dead_replica_behind_a_living_DNS_service_is_named()
    {
        Assert.SkipWhen(lab.Kubectl is null, "kubectl is not installed");
        var report = (await RunningLab.ReportAsync(lab.Kubectl!, "netdns-lame")).Report;
        Assert.Equal("fail", report.LatestRound!.Status);
        var targets = report.LatestRoundReport.SelectMany(agent => agent.TaskNetDns!.RoundTaskDetail).ToLookup(target =>
            target.Name.Contains("_living_", StringComparison.Ordinal) ? "living" : target.Name.Contains("_dead_", StringComparison.Ordinal) ? "dead" : "service");
        Assert.All(targets["living"], target => Assert.Equal("succeed", target.Verdict));
        Assert.All(targets["dead"], target => Assert.Equal(10, target.RequestTargetMetrics.Errors["connect: refused"]));
        Assert.Equal((2, 2, 2), (targets["service"].Count(), targets["living"].Count(), targets["dead"].Count()));
        Assert.Contains(report.Findings, finding => finding.Component.StartsWith("the DNS replica dead (127.0.0.1:", StringComparison.Ordinal)
            && finding.Evidence.StartsWith("it failed from all 2 agents that tried (connect: refused: 20", StringComparison.Ordinal));
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var octets = new MemoryStream();
        await open.CopyToAsync(octets);
        return octets.ToArray();
    }

    private static bool Holds(byte[] place, string text) => Holds(place, Encoding.UTF8.GetBytes(text));

    private static bool Holds(byte[] place, byte[] octets) => place.AsSpan().IndexOf(octets) >= 0;
}
