using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>How cells look: a symbol that says it all, on a colour that shows it faster.</summary>
internal static class CellLook
{
    public static char Symbol(CellState state) => state switch
    {
        CellState.NotProbed => '-',
        CellState.Healthy => '.',
        CellState.Slower => 'o',
        CellState.SomeLost => ',',
        CellState.Awaited => ':',
        CellState.Unknown => '?',
        CellState.Silent => '~',
        CellState.Slow => '!',
        CellState.Partial => '=',
        CellState.Lossy => '%',
        CellState.VeryLossy => '#',
        CellState.Dead => 'X',
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a cell"),
    };

    public static Style Style(CellState state) => state switch
    {
        CellState.NotProbed => new Style(Color.Grey),
        CellState.Healthy => new Style(Color.Black, Color.Green3),
        CellState.Slower => new Style(Color.Black, Color.GreenYellow),
        CellState.SomeLost => new Style(Color.Black, Color.Khaki1),
        CellState.Awaited => new Style(Color.White, Color.Grey35),
        CellState.Unknown => new Style(Color.White, Color.Blue),
        CellState.Silent => new Style(Color.White, Color.Purple),
        CellState.Slow => new Style(Color.Black, Color.Yellow),
        CellState.Partial => new Style(Color.Black, Color.Yellow),
        CellState.Lossy => new Style(Color.Black, Color.Orange1),
        CellState.VeryLossy => new Style(Color.Black, Color.OrangeRed1),
        CellState.Dead => new Style(Color.White, Color.Red3, Decoration.Bold),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a cell"),
    };

    public static string Meaning(CellState state, ReportExpectation expect) => state switch
    {
        CellState.NotProbed => "not probed",
        CellState.Healthy => "healthy",
        CellState.Slower => $"healthy, mean above half of the expected {ScreenNumbers.Milliseconds(expect.MeanDelayMs)} ms",
        CellState.SomeLost => $"healthy, some failed within the expected rate {ScreenNumbers.Percent(expect.SuccessRate)}",
        CellState.Awaited => "results awaited",
        CellState.Unknown => "unknown: not enough evidence",
        CellState.Silent => "agent silent",
        CellState.Slow => $"mean above the expected {ScreenNumbers.Milliseconds(expect.MeanDelayMs)} ms",
        CellState.Partial => "none of the answers came from some backend",
        CellState.Lossy => $"under {ScreenNumbers.Percent(CellStates.VeryLossyFrom)} failed",
        CellState.VeryLossy => $"{ScreenNumbers.Percent(CellStates.VeryLossyFrom)} or more failed",
        CellState.Dead => "all failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a cell"),
    };
}
