using System.Text.Json.Serialization;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>The records as JSON, and (through their type information) the source of the schema tree; no reflection that a trimmed build would lose.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NetReachSpec))]
[JsonSerializable(typeof(AppHttpHealthySpec))]
[JsonSerializable(typeof(NetdnsSpec))]
[JsonSerializable(typeof(TaskObjectStatus))]
public sealed partial class SpecJson : JsonSerializerContext;
