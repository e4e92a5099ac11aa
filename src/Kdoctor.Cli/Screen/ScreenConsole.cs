using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>Makes the consoles that screens print to, from facts that <c>Program</c> reads once.</summary>
internal static class ScreenConsole
{
    /// <summary>The width where there is no terminal to ask.</summary>
    public const int PlainWidth = 120;

    /// <summary>A console on a stream.</summary>
    /// <param name="writer">Standard output or standard error.</param>
    /// <param name="isTerminal">Whether a person's terminal is behind it.</param>
    /// <param name="noColor"><c>--no-color</c>.</param>
    /// <param name="environment">Reads an environment variable: NO_COLOR (no-color.org), TERM and COLUMNS count.</param>
    /// <param name="terminalWidth">The terminal's width in characters; null where it is not known.</param>
    public static IAnsiConsole Create(TextWriter writer, bool isTerminal, bool noColor, Func<string, string?> environment, int? terminalWidth)
    {
        var dumb = environment("TERM") is "dumb" or "" or null;
        var plain = !isTerminal || dumb;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Yes,
            ColorSystem = plain || noColor || !string.IsNullOrEmpty(environment("NO_COLOR")) ? ColorSystemSupport.NoColors
                : Has256Colors(environment) ? ColorSystemSupport.EightBit : ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Capabilities.Unicode = writer.Encoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
        console.Profile.Width = terminalWidth is > 0 ? terminalWidth.Value
            : int.TryParse(environment("COLUMNS"), out var columns) && columns > 0 ? columns : PlainWidth;
        return console;
    }

    private static bool Has256Colors(Func<string, string?> environment) =>
        environment("TERM")?.Contains("256color", StringComparison.Ordinal) == true || !string.IsNullOrEmpty(environment("COLORTERM"));
}
