using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kdoctor.Cli.Screen;

/// <summary>Writes lines that never pass the console's width: a long text is broken between words, a long word where it must be.</summary>
internal sealed class Page(IAnsiConsole console)
{
    /// <summary>A space at which no line is broken.</summary>
    public const char HardSpace = '\u00a0';

    private const int NarrowestText = 10;

    public int Width { get; } = Math.Max(20, console.Profile.Width);

    public bool Unicode => console.Profile.Capabilities.Unicode;

    public static int Cells(string text) => new Segment(text).CellCount();

    /// <summary>The text in at most so many cells; what is cut from its middle is shown as two dots.</summary>
    public static string Clip(string text, int cells)
    {
        if (Cells(text) <= cells)
            return text;
        var half = Math.Max(0, cells - 2) / 2;
        return $"{Head(text, cells - 2 - half)}..{Tail(text, half)}";
    }

    public void Blank() => console.WriteLine();

    /// <summary>A heading with a blank line before it.</summary>
    public void Heading(string text)
    {
        Blank();
        Wrapped(0, 2, Span.Strong(text));
    }

    /// <summary>One line that is known to fit.</summary>
    public void Line(params IEnumerable<Span> spans)
    {
        var paragraph = new Paragraph();
        foreach (var span in spans)
            paragraph.Append(span.Text.Replace(HardSpace, ' '), span.Style);
        console.Write(paragraph);
        console.WriteLine();
    }

    /// <summary>Text broken between words, the first line from column <paramref name="indent"/>, the others from <paramref name="hanging"/>.</summary>
    public void Wrapped(int indent, int hanging, params IEnumerable<Span> spans)
    {
        var line = new List<Span> { Span.Plain(new string(' ', indent)) };
        var column = indent;
        var first = true;
        foreach (var (word, style, glued) in Words(spans))
        {
            var rest = word;
            var gap = first || glued ? 0 : 1;
            if (!first && column + gap + Cells(rest) > Width && column > hanging)
            {
                Line(line);
                line = [Span.Plain(new string(' ', hanging))];
                (column, gap) = (hanging, 0);
            }
            while (column + gap + Cells(rest) > Width)
            {
                var head = Head(rest, Math.Max(NarrowestText, Width - column - gap));
                line.Add(new Span(head, style));
                Line(line);
                line = [Span.Plain(new string(' ', hanging))];
                (column, gap, rest) = (hanging, 0, rest[head.Length..]);
            }
            line.Add(new Span(new string(' ', gap) + rest, style));
            column += gap + Cells(rest);
            first = false;
        }
        Line(line);
    }

    private static IEnumerable<(string Word, Style Style, bool Glued)> Words(IEnumerable<Span> spans)
    {
        var glued = true;
        foreach (var span in spans)
        {
            var words = span.Text.Split(' ');
            for (var i = 0; i < words.Length; i++)
            {
                if (i > 0)
                    glued = false;
                if (words[i].Length == 0)
                    continue;
                yield return (words[i], span.Style, glued);
                glued = true;
            }
        }
    }

    private static string Head(string text, int cells)
    {
        var length = 0;
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var width = Cells(rune.ToString());
            if (used + width > cells && length > 0)
                break;
            used += width;
            length += rune.Utf16SequenceLength;
        }
        return text[..length];
    }

    private static string Tail(string text, int cells)
    {
        var start = text.Length;
        while (start > 0 && !(char.IsHighSurrogate(text[start - 1]) && start < text.Length) && Cells(text[(start - 1)..]) <= cells)
            start--;
        return start < text.Length && char.IsLowSurrogate(text[start]) ? text[(start + 1)..] : text[start..];
    }
}
