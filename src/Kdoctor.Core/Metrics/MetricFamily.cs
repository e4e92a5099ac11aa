using System.Collections.Immutable;

namespace Kdoctor.Core.Metrics;

/// <summary>What a metric is, named by the conventions of Prometheus: base units, <c>_total</c> for what only grows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its values behave.</param>
/// <param name="Help">One sentence about it.</param>
/// <param name="Labels">The names of its labels, in the order in which values are given.</param>
public sealed record MetricFamily(string Name, MetricType Type, string Help, params ImmutableArray<string> Labels);

/// <summary>How a metric's values behave.</summary>
public enum MetricType
{
    /// <summary>It only grows, and begins at 0 with the process.</summary>
    Counter = 1,

    /// <summary>It goes up and down.</summary>
    Gauge = 2,

    /// <summary>It counts observations by their size.</summary>
    Histogram = 3,
}
