using System.Globalization;
using System.Text;

namespace Kdoctor.Core.Metrics;

/// <summary>
/// One answer to a scrape, in the text format of Prometheus (version 0.0.4, prometheus.io/docs/instrumenting/exposition_formats). A family has at most
/// <see cref="MaxSeries"/> series: further ones are left out and counted. Made anew for each scrape; not thread-safe.
/// </summary>
public sealed class MetricPage
{
    /// <summary>The most series of a family.</summary>
    public const int MaxSeries = 5000;

    /// <summary>What HTTP says that the text is.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Says whether the page is whole.</summary>
    public static readonly MetricFamily LeftOut = new("kdoctor_metrics_left_out_series", MetricType.Gauge, $"Series that this answer leaves out, because their metric has more than {MaxSeries}.");

    private readonly Dictionary<MetricFamily, (StringBuilder Lines, int Series)> families = [];
    private int leftOut;

    /// <summary>Adds a series.</summary>
    /// <param name="family">Its metric; not a histogram.</param>
    /// <param name="value">Its value now.</param>
    /// <param name="labels">One per label of the metric.</param>
    public void Add(MetricFamily family, double value, params ReadOnlySpan<string> labels)
    {
        ArgumentNullException.ThrowIfNull(family);
        if (Room(family, labels) is { } lines)
            Line(lines, family, "", labels, null, value);
    }

    /// <summary>Adds a histogram's series.</summary>
    /// <param name="family">Its metric.</param>
    /// <param name="histogram">What was observed.</param>
    /// <param name="labels">One per label of the metric.</param>
    public void Add(MetricFamily family, DurationHistogram histogram, params ReadOnlySpan<string> labels)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(histogram);
        if (Room(family, labels) is not { } lines)
            return;
        var (counts, seconds) = histogram.Now;
        var below = 0L;
        for (var index = 0; index < counts.Length; index++)
        {
            below += counts[index];
            Line(lines, family, "_bucket", labels, index < DurationHistogram.Bounds.Length ? Text(DurationHistogram.Bounds[index]) : "+Inf", below);
        }
        Line(lines, family, "_sum", labels, null, seconds);
        Line(lines, family, "_count", labels, null, below);
    }

    /// <summary>The page, families in the order in which they were first added to.</summary>
    public override string ToString()
    {
        var page = new StringBuilder();
        foreach (var (family, (lines, _)) in families)
            page.Append(Head(family)).Append(lines);
        return page.Append(Head(LeftOut)).Append(CultureInfo.InvariantCulture, $"{LeftOut.Name} {leftOut}\n").ToString();
    }

    private static string Head(MetricFamily family) =>
        $"# HELP {family.Name} {Escaped(family.Help)}\n# TYPE {family.Name} {family.Type switch { MetricType.Counter => "counter", MetricType.Gauge => "gauge", _ => "histogram" }}\n";

    private StringBuilder? Room(MetricFamily family, ReadOnlySpan<string> labels)
    {
        if (labels.Length != family.Labels.Length)
            throw new ArgumentException($"{family.Name} has {family.Labels.Length} labels, and {labels.Length} were given", nameof(labels));
        var (lines, series) = families.TryGetValue(family, out var there) ? there : (new StringBuilder(), 0);
        if (series >= MaxSeries)
        {
            leftOut++;
            return null;
        }
        families[family] = (lines, series + 1);
        return lines;
    }

    private static void Line(StringBuilder lines, MetricFamily family, string suffix, ReadOnlySpan<string> labels, string? bound, double value)
    {
        lines.Append(family.Name).Append(suffix);
        var separator = '{';
        for (var index = 0; index < labels.Length; index++)
        {
            lines.Append(separator).Append(family.Labels[index]).Append("=\"").Append(Escaped(labels[index]).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
            separator = ',';
        }
        if (bound is not null)
            lines.Append(separator).Append("le=\"").Append(bound).Append('"');
        if (separator == ',' || bound is not null)
            lines.Append('}');
        lines.Append(' ').Append(Text(value)).Append('\n');
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
