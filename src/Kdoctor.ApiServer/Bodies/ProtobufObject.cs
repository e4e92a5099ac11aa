using System.Text;
using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Bodies;

/// <summary>
/// Reads a core object that a client sent as protobuf, as newer kubectl does when it creates one: the magic, a <c>runtime.Unknown</c> with version and kind, and the object
/// in it. Only what Secrets, ConfigMaps and Namespaces are made of is known (field numbers: the <c>generated.proto</c> files of k8s.io/api and k8s.io/apimachinery); any
/// other field that says something is refused, never lost.
/// </summary>
internal static class ProtobufObject
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private const int Metadata = 1;

    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private static readonly Dictionary<int, Field> MetadataFields = new()
    {
        [1] = new("name", Shape.Text), [2] = new("generateName", Shape.Text), [3] = new("namespace", Shape.Text), [5] = new("uid", Shape.Text),
        [6] = new("resourceVersion", Shape.Text), [11] = new("labels", Shape.Texts), [12] = new("annotations", Shape.Texts),
    };

    private static readonly Dictionary<string, Dictionary<int, Field>> Kinds = new()
    {
        ["Secret"] = new() { [2] = new("data", Shape.Octets), [3] = new("type", Shape.Text), [4] = new("stringData", Shape.Texts), [5] = new("immutable", Shape.Flag) },
        ["ConfigMap"] = new() { [2] = new("data", Shape.Texts), [3] = new("binaryData", Shape.Octets), [4] = new("immutable", Shape.Flag) },

        // Its spec and status are the server's to write.
        ["Namespace"] = new() { [2] = new("spec", Shape.Nothing), [3] = new("status", Shape.Nothing) },
    };

    private enum Shape
    {
        Text,
        Flag,
        Texts,
        Octets,
        Nothing,
    }

    /// <summary>Whether objects of a kind are read at all.</summary>
    public static bool Knows(string kind) => Kinds.ContainsKey(kind);

    /// <summary>The object as JSON.</summary>
    /// <exception cref="FormatException">It is none, or has what is not known here.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8)) throw new FormatException("it does not begin as protobuf of Kubernetes does");
        var (version, kind) = ("", "");
        var raw = ReadOnlySpan<byte>.Empty;
        var envelope = new ProtobufFields(body[4..]);
        while (envelope.Next())
        {
            if (envelope.Number == 1) (version, kind) = ReadType(envelope.Bytes);
            else if (envelope.Number == 2) raw = envelope.Bytes;
            else RefuseContent(envelope, "the envelope");
        }

        if (version != "v1" || !Kinds.TryGetValue(kind, out var fields)) throw new FormatException($"protobuf of {version} {kind} is not read here; send JSON");
        var item = new JsonObject { ["apiVersion"] = version, ["kind"] = kind, ["metadata"] = new JsonObject() };
        var message = new ProtobufFields(raw);
        while (message.Next())
        {
            if (message.Number == Metadata) ReadInto((JsonObject)item["metadata"]!, message.Bytes, MetadataFields, "metadata");
            else Take(item, message, fields, kind);
        }

        return item;
    }

    private static (string Version, string Kind) ReadType(ReadOnlySpan<byte> bytes)
    {
        var (version, kind) = ("", "");
        var type = new ProtobufFields(bytes);
        while (type.Next())
        {
            if (type.Number == 1) version = Text(type.Bytes);
            else if (type.Number == 2) kind = Text(type.Bytes);
        }

        return (version, kind);
    }

    private static void ReadInto(JsonObject target, ReadOnlySpan<byte> bytes, Dictionary<int, Field> known, string what)
    {
        var fields = new ProtobufFields(bytes);
        while (fields.Next()) Take(target, fields, known, what);
    }

    private static void Take(JsonObject target, ProtobufFields found, Dictionary<int, Field> known, string what)
    {
        if (!known.TryGetValue(found.Number, out var field))
        {
            RefuseContent(found, what);
        }
        else if (field.Shape == Shape.Nothing)
        {
            return;
        }
        else if (field.Shape == Shape.Flag)
        {
            target[field.Name] = found.Value == 1;
        }
        else if (field.Shape == Shape.Text)
        {
            // The encoder writes texts that are not set, too.
            if (!found.Bytes.IsEmpty) target[field.Name] = Text(found.Bytes);
        }
        else
        {
            if (target[field.Name] is not JsonObject map) target[field.Name] = map = [];
            TakeEntry(map, found.Bytes, field.Shape);
        }
    }

    private static void TakeEntry(JsonObject map, ReadOnlySpan<byte> bytes, Shape shape)
    {
        var key = "";
        var value = ReadOnlySpan<byte>.Empty;
        var entry = new ProtobufFields(bytes);
        while (entry.Next())
        {
            if (entry.Number == 1) key = Text(entry.Bytes);
            else if (entry.Number == 2) value = entry.Bytes;
        }

        map[key] = shape == Shape.Octets ? Convert.ToBase64String(value) : Text(value);
    }

    private static void RefuseContent(ProtobufFields found, string what)
    {
        if (found.Value is > 0 || !found.Bytes.IsEmpty) throw new FormatException($"field {found.Number} of {what} is not read from protobuf here; send JSON");
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("a text is not UTF-8", e);
        }
    }

    private sealed record Field(string Name, Shape Shape);
}
