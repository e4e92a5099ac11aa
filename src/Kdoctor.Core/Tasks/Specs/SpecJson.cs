using System.Text.Json.Serialization;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>The records as JSON, and (through their type information) the source of the schema tree, also in a trimmed build.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NetReachSpec))]
[JsonSerializable(typeof(AppHttpHealthySpec))]
[JsonSerializable(typeof(NetdnsSpec))]
[JsonSerializable(typeof(TaskObjectStatus))]
public sealed partial class SpecJson : JsonSerializerContext;
