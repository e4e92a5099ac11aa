using System.Text.Json.Serialization;

namespace Kdoctor.Controller.Settings;

/// <summary>The settings' contract with their file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ControllerSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
