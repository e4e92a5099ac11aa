using System.Text.Encodings.Web;
using System.Text.Json;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Cli.Output;

/// <summary>Reports as documents: one as itself; several as a KdoctorReportList in JSON and as several documents in YAML.</summary>
internal static class ReportDocuments
{
    // Only for a terminal or a file, never inside HTML: names in any script stay readable.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes JSON with a line break at the end.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyCollection<KdoctorReport> reports)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(reports);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            if (reports.Count == 1)
                Write(json, reports.Single());
            else
                WriteList(json, reports);
        }
        buffer.Position = 0;
        using var text = new StreamReader(buffer);
        Copy(text, output);
        output.Write('\n');
    }

    /// <summary>Writes YAML, a document for each report.</summary>
    public static void WriteYaml(TextWriter output, IReadOnlyCollection<KdoctorReport> reports)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(reports);
        var first = true;
        foreach (var report in reports)
        {
            if (!first)
                output.Write("---\n");
            first = false;
            using var document = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.KdoctorReport));
            YamlText.Write(output, document.RootElement);
        }
    }

    private static void WriteList(Utf8JsonWriter json, IReadOnlyCollection<KdoctorReport> reports)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", $"{KdoctorReport.Group}/{KdoctorReport.Version}");
        json.WriteString("kind", "KdoctorReportList");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteStartArray("items");
        foreach (var report in reports)
            Write(json, report);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, KdoctorReport report) => JsonSerializer.Serialize(json, report, ReportJson.Default.KdoctorReport);

    private static void Copy(StreamReader from, TextWriter to)
    {
        var block = new char[8192];
        for (var read = from.Read(block); read > 0; read = from.Read(block))
            to.Write(block, 0, read);
    }
}
