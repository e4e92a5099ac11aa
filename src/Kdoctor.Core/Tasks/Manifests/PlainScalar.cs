using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>What a plain YAML scalar stands for, as kubectl takes it: YAML 1.1 for words (yes, on), without base-60 numbers.</summary>
internal static partial class PlainScalar
{
    private const int MaxNumberLength = 64;

    public static (ScalarKind Kind, string Text) Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return (ScalarKind.Null, "null");
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y":
                return (ScalarKind.Boolean, "true");
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N":
                return (ScalarKind.Boolean, "false");
        }

        if (text.Length > MaxNumberLength || !(char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.'))
            return (ScalarKind.Text, text);
        if (WholeOf(text) is { } whole)
            return (ScalarKind.Whole, whole.ToString(CultureInfo.InvariantCulture));
        if (FloatPattern().IsMatch(text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return (ScalarKind.Number, number.ToString("R", CultureInfo.InvariantCulture));
        return (ScalarKind.Text, text);
    }

    private static BigInteger? WholeOf(string text)
    {
        if (DecimalPattern().IsMatch(text))
            return BigInteger.Parse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var match = BasedPattern().Match(text);
        if (!match.Success)
            return null;
        var radix = match.Groups["base"].Value switch { "x" or "X" => 16, "b" or "B" => 2, _ => 8 };
        var value = BigInteger.Zero;
        foreach (var digit in match.Groups["digits"].ValueSpan)
        {
            var place = digit == '_' ? -1 : Convert.ToInt32(digit.ToString(), 16);
            if (place >= radix)
                return null;
            if (place >= 0)
                value = (value * radix) + place;
        }

        return text[0] == '-' ? -value : value;
    }

    [GeneratedRegex("^[-+]?(0|[1-9][0-9_]*)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex DecimalPattern();

    [GeneratedRegex("^[-+]?0(?<base>[xXbBoO]?)(?<digits>[0-9a-fA-F_]+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex BasedPattern();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex FloatPattern();
}
