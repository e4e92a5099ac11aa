using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Kdoctor.Agent.Metrics;
using Kdoctor.Controller.Metrics;
using Kdoctor.Core.Metrics;
using Xunit;

namespace Kdoctor.Tests.Docs;

/// <summary>The page of metrics names each metric, its type and its labels, and none that does not exist.</summary>
public sealed partial class MetricPageTests
{
    [Theory]
    [InlineData("docs/usage/metrics.md")]
    [InlineData("docs/zh-CN/usage/metrics.md")]
    public void Every_metric_is_on_the_page_and_the_page_names_no_other(string page)
    {
        var sections = DocPages.Prose(page).Split("\n## ");
        Assert.Equal(Rows(ControllerMetrics.All), Named(sections[1]));
        Assert.Equal(Rows(AgentMetrics.All), Named(sections[2]));
    }

    [Fact]
    public void Expressions_on_the_page_are_about_metrics_and_labels_that_exist()
    {
        var known = ControllerMetrics.All.Concat(AgentMetrics.All).ToLookup(family => family.Name, StringComparer.Ordinal);
        var named = Metric().Matches(string.Concat(DocPages.Blocks("docs/usage/metrics.md").Where(block => block.Language == "promql").Select(block => block.Text))).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, match => Assert.True(known.Contains(match.Value), match.Value));
    }

    [Fact]
    public void Names_follow_the_conventions_of_Prometheus()
    {
        foreach (var family in ControllerMetrics.All.Concat(AgentMetrics.All))
        {
            Assert.Matches("^[a-z][a-z0-9_]*$", family.Name);
            Assert.Equal(family.Type == MetricType.Counter, family.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.EndsWith(".", family.Help, StringComparison.Ordinal);
            Assert.All(family.Labels, label => Assert.Contains(label, new[] { "kind", "task", "verdict", "channel", "operation", "certificate" }));
        }
    }

    private static IEnumerable<string> Rows(ImmutableArray<MetricFamily> families) =>
        families.Select(family => $"{family.Name} {family.Type.ToString().ToLowerInvariant()} {string.Join(' ', family.Labels)}".Trim()).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Named(string section) => Row().Matches(section)
        .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value} {match.Groups[3].Value.Replace("`", "", StringComparison.Ordinal).Trim()}".Trim()).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `([a-z_]+)` \| ([a-z]+) \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("kdoctor_[a-z_]+")]
    private static partial Regex Metric();
}
