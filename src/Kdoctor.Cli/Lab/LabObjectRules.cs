using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.Cli.Lab;

/// <summary>What a cluster does to Secrets and ConfigMaps before it stores them: texts become data, and what is no data is refused.</summary>
internal static class LabObjectRules
{
    private const int MaxBytes = 1024 * 1024;

    public static ValueTask<AdmissionResult> AdmitSecretAsync(AdmissionRequest request, CancellationToken cancellation)
    {
        if (request.New is not { } secret)
            return new(AdmissionResult.Allow());
        var causes = new List<FieldCause>();
        foreach (var (key, value) in Texts(secret, "stringData", causes))
        {
            if (secret["data"] is not JsonObject data)
                secret["data"] = data = [];
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        }
        secret.Remove("stringData");
        secret["type"] ??= "Opaque";
        CheckBase64(secret, "data", causes);
        return new(causes.Count == 0 ? AdmissionResult.Allow(secret) : AdmissionResult.Deny(causes));
    }

    public static ValueTask<AdmissionResult> AdmitConfigMapAsync(AdmissionRequest request, CancellationToken cancellation)
    {
        if (request.New is not { } map)
            return new(AdmissionResult.Allow());
        var causes = new List<FieldCause>();
        if (Texts(map, "data", causes).Sum(entry => entry.Value.Length) > MaxBytes)
            causes.Add(new FieldCause("data", $"holds more than {MaxBytes} characters"));
        CheckBase64(map, "binaryData", causes);
        return new(causes.Count == 0 ? AdmissionResult.Allow(map) : AdmissionResult.Deny(causes));
    }

    private static void CheckBase64(JsonObject item, string field, List<FieldCause> causes)
    {
        var bytes = 0;
        foreach (var (key, value) in Texts(item, field, causes))
        {
            var buffer = new byte[value.Length];
            if (Convert.TryFromBase64String(value, buffer, out var length))
                bytes += length;
            else
                causes.Add(new FieldCause($"{field}.{key}", "is not base64"));
        }
        if (bytes > MaxBytes)
            causes.Add(new FieldCause(field, $"holds more than {MaxBytes} bytes"));
    }

    // No message repeats a value: it may be a secret.
    private static List<KeyValuePair<string, string>> Texts(JsonObject item, string field, List<FieldCause> causes)
    {
        var texts = new List<KeyValuePair<string, string>>();
        if (item[field] is { } and not JsonObject)
            causes.Add(new FieldCause(field, "must be a map of texts"));
        foreach (var (key, value) in item[field] as JsonObject ?? [])
        {
            if (value is JsonValue scalar && scalar.TryGetValue(out string? text))
                texts.Add(KeyValuePair.Create(key, text));
            else
                causes.Add(new FieldCause($"{field}.{key}", "must be a text"));
        }
        return texts;
    }
}
