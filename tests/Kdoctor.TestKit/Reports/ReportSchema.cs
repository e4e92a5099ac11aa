using System.Runtime.CompilerServices;
using Kdoctor.Core.Reports;
using NJsonSchema;
using Xunit;

namespace Kdoctor.TestKit.Reports;

/// <summary>The published schema of reports: every test that makes a report may hold it against this.</summary>
public static class ReportSchema
{
    private const string Resource = "kdoctorreport.schema.json";

    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchema.FromJsonAsync(Published()).GetAwaiter().GetResult());

    /// <summary>Fails with every place at which the document is not as published.</summary>
    public static void AssertValid(string json)
    {
        var errors = Schema.Value.Validate(json);
        Assert.True(errors.Count == 0, string.Join('\n', errors.Select(error => error.ToString())));
    }

    /// <summary>The schema as the records say it now.</summary>
    public static string Generate() => SchemaWriter.Write(ReportJson.Default.KdoctorReport, Resource);

    /// <summary>Where the published schema is kept.</summary>
    public static string PathInRepository() => Beside();

    private static string Beside([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/reference", Resource));

    private static string Published()
    {
        using var stream = typeof(ReportSchema).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not built into the test kit");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
