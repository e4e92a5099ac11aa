using System.Text;

namespace Kdoctor.Core.Tasks;

/// <summary>How problems spell what the user wrote: short, on one line, without control characters.</summary>
public static class ProblemWords
{
    private const int MaxLength = 80;

    /// <summary>The text in quotes; control characters as \uXXXX, the end of a long text cut.</summary>
    public static string Quote(string text)
    {
        var words = new StringBuilder("\"");
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            if (char.IsControl(character) || char.IsSurrogate(character) || character is '"' or '\\' or '\u2028' or '\u2029')
                words.Append($"\\u{(int)character:X4}");
            else
                words.Append(character);
        }

        return words.Append(text.Length > MaxLength ? "...\"" : "\"").ToString();
    }

    /// <summary>A field's name inside a path: as it is where it is a word, else quoted in brackets.</summary>
    public static string Step(string path, string name)
    {
        if (name.Length is 0 or > MaxLength || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-'))
            return $"{path}[{Quote(name)}]";
        return path.Length == 0 ? name : $"{path}.{name}";
    }

    /// <summary>The name that was probably meant; null when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > MaxLength)
            return null;
        var nearest = known.MinBy(candidate => Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant()));
        return nearest is not null && Distance(name.ToUpperInvariant(), nearest.ToUpperInvariant()) <= Math.Max(1, name.Length / 3) ? nearest : null;
    }

    /// <summary>Levenshtein distance (Wagner and Fischer, "The string-to-string correction problem", 1974), one row at a time.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
