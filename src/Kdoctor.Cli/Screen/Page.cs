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

    /// <summary>One line that is known to fit. Without colour nothing trails; with it, a trailing space may be a coloured cell.</summary>
    public void Line(params IEnumerable<Span> spans)
    {
        var paragraph = new Paragraph();
        var line = spans.ToList();
        if (console.Profile.Capabilities.ColorSystem == ColorSystem.NoColors)
            TrimEnd(line);
        foreach (var span in line)
            paragraph.Append(span.Text.Replace(HardSpace, ' '), span.Style);
        console.Write(paragraph);
        console.WriteLine();
    }

    /// <summary>Text broken between words, the first line from column <paramref name="indent"/>, the others from <paramref name="hanging"/>.</summary>
    public void Wrapped(int indent, int hanging, params IEnumerable<Span> spans)
    {
        var line = new List<Span> { Span.Plain(new string(' ', indent)) };
        var column = indent;
        var started = false;
        foreach (var word in Words(spans))
        {
            var width = word.Sum(part => Cells(part.Text));
            if (started && column + 1 + width > Width)
            {
                Line(line);
                line = [Span.Plain(new string(' ', hanging))];
                (column, started) = (hanging, false);
            }
            if (started)
            {
                line.Add(Span.Plain(" "));
                column++;
            }
            foreach (var piece in word.SelectMany(part => Pieces(part, Width - column, Width - hanging)))
            {
                if (column + Cells(piece.Text) > Width)
                {
                    Line(line);
                    line = [Span.Plain(new string(' ', hanging))];
                    column = hanging;
                }
                line.Add(piece);
                column += Cells(piece.Text);
            }
            started = true;
        }
        Line(line);
    }

    // A word wider than a line is cut where it must be.
    private static IEnumerable<Span> Pieces(Span word, int room, int line)
    {
        var rest = word.Text;
        while (Cells(rest) > line)
        {
            var head = Head(rest, Math.Max(room, NarrowestText));
            yield return word with { Text = head };
            rest = rest[head.Length..];
            room = line;
        }
        yield return word with { Text = rest };
    }

    // Spans that touch without a space between them are one word.
    private static IEnumerable<List<Span>> Words(IEnumerable<Span> spans)
    {
        var word = new List<Span>();
        foreach (var span in spans)
        {
            var parts = span.Text.Split(' ');
            for (var i = 0; i < parts.Length; i++)
            {
                if (i > 0 && word.Count > 0)
                {
                    yield return word;
                    word = [];
                }
                if (parts[i].Length > 0)
                    word.Add(span with { Text = parts[i] });
            }
        }
        if (word.Count > 0)
            yield return word;
    }

    private static void TrimEnd(List<Span> line)
    {
        while (line.Count > 0 && line[^1].Text.AsSpan().TrimEnd().TrimEnd(HardSpace).IsEmpty)
            line.RemoveAt(line.Count - 1);
        if (line.Count > 0)
            line[^1] = line[^1] with { Text = line[^1].Text.TrimEnd() };
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
