using System.Globalization;
using System.Text;

namespace Kdoctor.Core.Reports;

/// <summary>
/// Text from reports as a terminal may see it. Names, reasons and answers come from elsewhere: control characters, line breaks, and what
/// turns the direction of text become visible escapes, so that a report can neither move the cursor nor fake a line.
/// </summary>
public static class SafeText
{
    /// <summary>The text with every such character as <c>\uXXXX</c>; empty for none.</summary>
    public static string Of(string? text)
    {
        if (text is null)
            return "";
        if (!text.EnumerateRunes().Any(IsUnsafe))
            return text;
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsUnsafe(rune))
                safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else
                safe.Append(rune.ToString());
        }
        return safe.ToString();
    }

    // Zero-width and bidirectional controls are Unicode category Cf, line and paragraph separators Zl and Zp.
    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
