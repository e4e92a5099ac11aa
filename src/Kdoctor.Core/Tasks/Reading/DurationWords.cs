using System.Globalization;
using System.Text;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>A duration as people write it: <c>1h30m</c>, <c>10s</c>, <c>1.5s</c>.</summary>
internal static class DurationWords
{
    public static string Of(TimeSpan duration)
    {
        var words = new StringBuilder();
        if (duration.TotalHours >= 1)
            words.Append(CultureInfo.InvariantCulture, $"{(long)duration.TotalHours}h");
        if (duration.Minutes > 0)
            words.Append(CultureInfo.InvariantCulture, $"{duration.Minutes}m");
        var seconds = duration.TotalSeconds % 60;
        if (seconds > 0 || words.Length == 0)
            words.Append(CultureInfo.InvariantCulture, $"{seconds:0.###}s");
        return words.ToString();
    }
}
