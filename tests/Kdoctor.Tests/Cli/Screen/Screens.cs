using Kdoctor.Cli.Screen;
using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Tests.Cli.Screen;

/// <summary>Prints reports to text, as a terminal of some width and colour would get them.</summary>
internal static class Screens
{
    public static string Of(KdoctorReport report, int width, bool colour = false) => On(width, colour, console => new ReportScreen(console).Print(report));

    public static string On(int width, bool colour, Action<IAnsiConsole> print)
    {
        using var writer = new Utf8Writer();
        print(ScreenConsole.Create(writer, isTerminal: colour, noColor: !colour, name => name == "TERM" ? "xterm-256color" : null, width));
        return writer.ToString();
    }

    private sealed class Utf8Writer : StringWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;
    }
}
