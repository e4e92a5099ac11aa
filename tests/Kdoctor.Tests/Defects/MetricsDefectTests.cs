using System.Text.RegularExpressions;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Defects;

/// <summary>Numbers that nobody measured.</summary>
public sealed partial class MetricsDefectTests
{
    /// <summary>
    /// C19, metrics were constants, the dashboard was empty and there were no alerts. Against the defect: an instrument records a number that stands in the code,
    /// or a chart, manifest or page offers a dashboard, an alert or something to scrape that no instrument feeds.
    /// </summary>
    /// <remarks>Seen red: a class records 95 in a gauge; the chart has a ServiceMonitor.</remarks>
    [Fact]
    public void C19_no_metric_is_a_constant_and_none_is_offered_that_nothing_measures()
    {
        var sources = Repository.Files("src", ".cs").Select(file => (File: file, Text: Repository.Read(file))).ToList();
        var measured = sources.Where(source => Instrument().IsMatch(source.Text)).ToList();
        Assert.Empty(measured.Where(source => Constant().IsMatch(source.Text)).Select(source => source.File));
        var offered = Repository.Files("charts", ".yaml", ".json").Concat(Repository.Files("deploy", ".yaml", ".json")).Concat(Repository.Files("docs/usage", ".md"))
            .Where(file => Offer().IsMatch(Repository.Read(file)))
            .ToList();
        Assert.True(measured.Count > 0 || offered.Count == 0, $"{string.Join(", ", offered)} offer metrics that nothing measures");
    }

    [GeneratedRegex(@"\bCreate(?:Observable)?(?:Counter|UpDownCounter|Gauge|Histogram)<")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"\.(?:Add|Record)\(\s*[2-9]\d*(?:\.\d+)?\s*[,)]|\.Record\(\s*\d")]
    private static partial Regex Constant();

    [GeneratedRegex(@"ServiceMonitor|PodMonitor|PrometheusRule|prometheus\.io/scrape|grafana", RegexOptions.IgnoreCase)]
    private static partial Regex Offer();
}
