using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;

namespace Kdoctor.ApiServer.Objects;

/// <summary>An object at one resourceVersion: immutable, and cheap to send because it is kept as the text that is sent.</summary>
public sealed class ApiObject
{
    /// <summary>Takes a snapshot; later changes of <paramref name="json"/> do not show.</summary>
    /// <exception cref="ArgumentException">The object has no name or no numeric resourceVersion.</exception>
    public ApiObject(JsonObject json)
    {
        var metadata = json["metadata"] as JsonObject ?? throw new ArgumentException("metadata is missing", nameof(json));
        Name = metadata.Text("name") ?? throw new ArgumentException("metadata.name is missing", nameof(json));
        Namespace = metadata.Text("namespace");
        Uid = metadata.Text("uid") ?? "";
        ResourceVersion = long.TryParse(metadata.Text("resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new ArgumentException("metadata.resourceVersion is not a number", nameof(json));
        Labels = (metadata["labels"] as JsonObject ?? []).ToFrozenDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>());
        Utf8Json = JsonText.Write(json);
    }

    /// <summary>Namespace; null at cluster scope.</summary>
    public string? Namespace { get; }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Uid; empty when the source gives none.</summary>
    public string Uid { get; }

    /// <summary>Version of this snapshot; grows with every change of any object of the same source.</summary>
    public long ResourceVersion { get; }

    /// <summary>Labels; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The whole object as JSON text.</summary>
    public ReadOnlyMemory<byte> Utf8Json { get; }

    /// <summary>A fresh copy that the caller may change.</summary>
    public JsonObject ToJson() => JsonText.ReadTrusted(Utf8Json.Span);

    /// <summary>Order of lists: by namespace, then name, by code point.</summary>
    internal static int Compare((string? Namespace, string Name) left, (string? Namespace, string Name) right)
    {
        var byNamespace = string.CompareOrdinal(left.Namespace ?? "", right.Namespace ?? "");
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(left.Name, right.Name);
    }
}
