using System.Text.RegularExpressions;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Defects;

/// <summary>Numbers that nobody measured.</summary>
public sealed partial class MetricsDefectTests
{
    private readonly List<(string File, string Text)> sources = [.. Repository.Files("src", ".cs").Select(file => (file, Repository.Read(file)))];

    /// <summary>
    /// C19, metrics were constants, the dashboard was empty and there were no alerts. Against the defect: a metric is given a number that stands in the code, or is
    /// never given any.
    /// </summary>
    /// <remarks>Seen red: a scrape adds 95 for the agents; one adds nothing for a metric that is declared.</remarks>
    [Fact]
    public void C19_every_metric_is_fed_and_none_with_a_number_that_stands_in_the_code()
    {
        var declared = Declared().Select(family => family.Groups["field"].Value).ToList();
        Assert.True(declared.Count > 10, "the metrics are declared in another way than this test knows");
        var fed = sources.SelectMany(source => Feed().Matches(source.Text)).ToLookup(feed => feed.Groups["field"].Value, feed => feed.Groups["value"].Value.Trim());

        // The page itself counts what it leaves out.
        Assert.Equal(["LeftOut"], declared.Where(field => !fed.Contains(field)));
        Assert.Empty(fed.SelectMany(values => values.Where(value => Constant().IsMatch(value)).Select(value => $"{values.Key} is {value}")));
        Assert.Empty(sources.Where(source => source.Text.Contains("System.Diagnostics.Metrics", StringComparison.Ordinal)).Select(source => source.File));
    }

    /// <summary>Nothing is offered, in a chart, a manifest or a page, that no metric feeds.</summary>
    /// <remarks>Seen red: a PrometheusRule asks for kdoctor_pods; one asks for nothing.</remarks>
    [Fact]
    public void C19_no_dashboard_and_no_alert_is_offered_that_nothing_measures()
    {
        var known = Declared().Select(family => family.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Repository.Files("charts", ".yaml", ".json").Concat(Repository.Files("deploy", ".yaml", ".json")).Concat(Repository.Files("docs/usage", ".md")))
        {
            var text = Repository.Read(file);
            var named = Metric().Matches(text).Select(metric => metric.Groups["name"].Value).Distinct(StringComparer.Ordinal).ToList();
            Assert.Empty(named.Where(name => !known.Contains(name)).Select(name => $"{file} names {name}, which nothing measures"));
            Assert.False(named.Count == 0 && Offer().IsMatch(text), $"{file} offers alerts or a dashboard without a metric");
        }
    }

    private List<Match> Declared() => [.. sources.SelectMany(source => Family().Matches(source.Text))];

    [GeneratedRegex(@"MetricFamily (?<field>\w+) =\s*new\(\s*""(?<name>kdoctor_\w+)""")]
    private static partial Regex Family();

    [GeneratedRegex(@"\.Add\(\w*Metrics\.(?<field>\w+), (?<value>[^,\n]+?)(?:,|\);)")]
    private static partial Regex Feed();

    [GeneratedRegex(@"^-?[\d.]+$")]
    private static partial Regex Constant();

    [GeneratedRegex(@"\b(?<name>kdoctor_[a-z_]+?)(?:_bucket|_sum|_count)?\b")]
    private static partial Regex Metric();

    [GeneratedRegex("PrometheusRule|grafana", RegexOptions.IgnoreCase)]
    private static partial Regex Offer();
}
