using System.Text;
using System.Text.RegularExpressions;
using Kdoctor.Cli.Screen;
using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Tests.Cli.Screen;

/// <summary>Prints reports to text, as a terminal of some width and colour would get them.</summary>
internal static partial class Screens
{
    public static string Of(KdoctorReport report, int width, bool colour = false) => On(width, colour, console => new ReportScreen(console).Print(report));

    public static string On(int width, bool colour, Action<IAnsiConsole> print)
    {
        using var writer = new Utf8Writer();
        print(ScreenConsole.Create(writer, isTerminal: colour, noColor: !colour, name => name == "TERM" ? "xterm-256color" : null, width));
        return writer.ToString();
    }

    public static string WithoutEscapes(string text) => Escape().Replace(text, "");

    [GeneratedRegex("\u001b\\[[0-9;]*[A-Za-z]")]
    private static partial Regex Escape();

    private sealed class Utf8Writer : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
