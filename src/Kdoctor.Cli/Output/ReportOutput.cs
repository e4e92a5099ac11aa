using Kdoctor.Cli.Screen;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Output;

/// <summary>Prints reports to standard output in the form that the user chose.</summary>
internal static class ReportOutput
{
    public static void Write(IReadOnlyCollection<KdoctorReport> reports, OutputFormat format, CliContext context, bool noColor)
    {
        switch (format)
        {
            case OutputFormat.Json:
                ReportDocuments.WriteJson(context.Output, reports);
                break;
            case OutputFormat.Yaml:
                ReportDocuments.WriteYaml(context.Output, reports);
                break;
            default:
                new ReportScreen(context.OutputConsole(noColor)).Print(reports);
                break;
        }
    }
}
