using Kdoctor.Cli.Screen;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Kdoctor.Cli;

/// <summary>What the process was given: clock, streams, terminal and environment. <c>Program</c> reads it once; commands get it by hand.</summary>
internal sealed record CliContext
{
    public required TimeProvider Time { get; init; }

    /// <summary>The source of every seed.</summary>
    public required Random Chance { get; init; }

    public required TextReader Input { get; init; }

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public required bool OutputIsTerminal { get; init; }

    public required bool ErrorIsTerminal { get; init; }

    /// <summary>The terminal's width in characters; null without a terminal.</summary>
    public int? TerminalWidth { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Makes what logs; called once per lab, which closes it.</summary>
    public required Func<ILoggerFactory> Logs { get; init; }

    /// <summary>For data: reports.</summary>
    public IAnsiConsole OutputConsole(bool noColor) => ScreenConsole.Create(Output, OutputIsTerminal, noColor, Environment, TerminalWidth);

    /// <summary>For everything else: progress and messages.</summary>
    public IAnsiConsole ErrorConsole(bool noColor) => ScreenConsole.Create(Error, ErrorIsTerminal, noColor, Environment, TerminalWidth);
}
