using System.Globalization;

namespace Kdoctor.Core.Reports;

/// <summary>Numbers as people read them; what is not known is <c>-</c>, never 0.</summary>
public static class ScreenNumbers
{
    /// <summary>What stands for a number that is not known.</summary>
    public const string Absent = "-";

    /// <summary>Thousands are kept apart: <c>1,234,567</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>So many of something: <c>1 agent</c>, <c>3 agents</c>.</summary>
    public static string Counted(long value, string what) => value == 1 ? $"1 {what}" : $"{Count(value)} {what}s";

    /// <summary>Milliseconds with three or more digits that matter; what was measured never reads as 0.</summary>
    public static string Milliseconds(double? value) => value is not { } ms ? Absent : ms switch
    {
        > 0 and < 0.001 => ms.ToString("0.000000", CultureInfo.InvariantCulture),
        < 10 => ms.ToString("0.000", CultureInfo.InvariantCulture),
        < 100 => ms.ToString("0.00", CultureInfo.InvariantCulture),
        < 1000 => ms.ToString("0.0", CultureInfo.InvariantCulture),
        _ => ms.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>A share in percent; only the whole reads as 100 %, only nothing as 0 %.</summary>
    public static string Percent(double? share) => share switch
    {
        null => Absent,
        >= 1 => "100 %",
        > 0.999 => "99.9 %",
        <= 0 => "0 %",
        < 0.001 => "0.1 %",
        { } value => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.#} %"),
    };

    /// <summary>A duration in the two greatest units that it has: <c>4m12s</c>, <c>10.3s</c>, <c>1h5m</c>.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}m{span.Seconds}s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}h{span.Minutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays}d{span.Hours}h"),
    };
}
