using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Storage;

/// <summary>Records as the store's blobs: JSON compressed with gzip (RFC 1952), and shard parts each behind its length.</summary>
internal static class RoundBlobs
{
    public static byte[] Pack<T>(T value, JsonTypeInfo<T> type)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            JsonSerializer.Serialize(gzip, value, type);
        return packed.ToArray();
    }

    /// <exception cref="FormatException">The blob holds no such value.</exception>
    public static T Unpack<T>(byte[] blob, JsonTypeInfo<T> type)
    {
        using var gzip = new GZipStream(new MemoryStream(blob, writable: false), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(gzip, type) ?? throw new FormatException($"a stored {typeof(T).Name} is empty");
    }

    public static byte[] PackParts(IReadOnlyCollection<ShardPart> parts)
    {
        using var packed = new MemoryStream();
        foreach (var part in parts)
            part.WriteDelimitedTo(packed);
        return packed.ToArray();
    }

    public static List<ShardPart> UnpackParts(byte[] blob)
    {
        using var packed = new MemoryStream(blob, writable: false);
        var parts = new List<ShardPart>();
        while (packed.Position < packed.Length)
            parts.Add(ShardPart.Parser.ParseDelimitedFrom(packed));
        return parts;
    }
}

/// <summary>What a task wanted when its round was planned.</summary>
internal sealed record StoredIntent(Expectation Expect, JsonObject Spec);

/// <summary>The shapes of the store's JSON; a property added later must be optional, for old stores have none.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RoundPlan))]
[JsonSerializable(typeof(RoundVerdict))]
[JsonSerializable(typeof(RoundTally))]
[JsonSerializable(typeof(StoredIntent))]
internal sealed partial class RoundJson : JsonSerializerContext;
