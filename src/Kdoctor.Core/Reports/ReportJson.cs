using System.Text.Json.Serialization;

namespace Kdoctor.Core.Reports;

/// <summary>How a report is written and read: camel case, absent instead of null, instants in UTC.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(KdoctorReport))]
public sealed partial class ReportJson : JsonSerializerContext;
