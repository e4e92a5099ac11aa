using Kdoctor.Core.Metrics;
using Xunit;

namespace Kdoctor.Tests.Core.Metrics;

public sealed class MetricPageTests
{
    private static readonly MetricFamily Things = new("kdoctor_things_total", MetricType.Counter, "Things.", "kind", "name");

    [Fact]
    public void A_page_is_what_Prometheus_reads()
    {
        var page = new MetricPage();
        page.Add(Things, 3, "a", "quoted \"text\" with \\ and\na line");
        page.Add(new MetricFamily("kdoctor_level", MetricType.Gauge, "A level."), 0.25);
        page.Add(Things, 4, "b", "plain");
        Assert.Equal(
            """
            # HELP kdoctor_things_total Things.
            # TYPE kdoctor_things_total counter
            kdoctor_things_total{kind="a",name="quoted \"text\" with \\ and\na line"} 3
            kdoctor_things_total{kind="b",name="plain"} 4
            # HELP kdoctor_level A level.
            # TYPE kdoctor_level gauge
            kdoctor_level 0.25
            # HELP kdoctor_metrics_left_out_series Series that this answer leaves out, because their metric has more than 5000.
            # TYPE kdoctor_metrics_left_out_series gauge
            kdoctor_metrics_left_out_series 0

            """,
            page.ToString());
    }

    [Fact]
    public void A_histogram_counts_upwards_to_all_and_an_observation_on_a_bound_is_within()
    {
        var histogram = new DurationHistogram();
        foreach (var milliseconds in (double[])[0.2, 1, 1.1, 30, 60_000])
            histogram.Observe(TimeSpan.FromMilliseconds(milliseconds));
        var page = new MetricPage();
        page.Add(new MetricFamily("kdoctor_wait_seconds", MetricType.Histogram, "A wait.", "of"), histogram, "x");
        var text = page.ToString();
        Assert.Contains("kdoctor_wait_seconds_bucket{of=\"x\",le=\"0.001\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("kdoctor_wait_seconds_bucket{of=\"x\",le=\"0.05\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("kdoctor_wait_seconds_bucket{of=\"x\",le=\"+Inf\"} 5\nkdoctor_wait_seconds_sum{of=\"x\"} 60.0323\nkdoctor_wait_seconds_count{of=\"x\"} 5\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Series_beyond_the_bound_are_left_out_and_counted()
    {
        var page = new MetricPage();
        for (var index = 0; index < MetricPage.MaxSeries + 7; index++)
            page.Add(Things, 1, "a", $"n{index}");
        Assert.Equal(MetricPage.MaxSeries, page.ToString().Split("kdoctor_things_total{").Length - 1);
        Assert.Contains("kdoctor_metrics_left_out_series 7\n", page.ToString(), StringComparison.Ordinal);
    }
}
