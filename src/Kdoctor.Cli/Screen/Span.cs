using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>A piece of a line. Its text is printed as it is, never read as markup.</summary>
internal readonly record struct Span(string Text, Style Style)
{
    public static Span Plain(string text) => new(text, Style.Plain);

    public static Span Faint(string text) => new(text, new Style(decoration: Decoration.Dim));

    public static Span Strong(string text) => new(text, new Style(decoration: Decoration.Bold));
}
