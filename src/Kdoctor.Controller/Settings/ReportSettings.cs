using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Controller.Settings;

/// <summary>How reports are served.</summary>
[Description("How reports are served.")]
public sealed record ReportSettings
{
    [Range(0, 10_000)]
    [Description("How many measurements (agents times targets) a report may have to be listed and watched whole, about 1 KiB each. A larger one is listed without latestRoundReport and channels, and read whole by its name.")]
    public int MeasurementsListed { get; init; } = 256;

    [Range(10, 10_000)]
    [Description("How many watches of reports may be open at the same time.")]
    public int MaxWatches { get; init; } = 1000;
}
