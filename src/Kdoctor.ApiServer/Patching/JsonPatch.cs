using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Patching;

/// <summary>JSON patch (RFC 6902): all operations or none.</summary>
/// <param name="Operations">In order.</param>
internal sealed record JsonPatch(IReadOnlyList<JsonPatch.Operation> Operations)
{
    /// <summary>Operations accepted in one patch.</summary>
    public const int MaxOperations = 10_000;

    /// <summary>Bytes that all copy operations of a patch may add: without it, copies of copies grow without end.</summary>
    public const int MaxCopiedBytes = 3 * 1024 * 1024;

    /// <summary>One operation, with what it needs checked.</summary>
    internal sealed record Operation(string Verb, JsonPointer Path, JsonPointer? From, JsonNode? Value);

    /// <summary>Reads a patch; 400 when it is not one.</summary>
    public static Attempt<JsonPatch> Parse(JsonNode? node)
    {
        if (node is not JsonArray items) return ApiErrors.BadRequest("a JSON patch must be an array of operations");
        if (items.Count > MaxOperations)
            return new ApiError(413, "RequestEntityTooLarge", $"The allowed maximum operations in a JSON patch is {MaxOperations}, got {items.Count}");
        try
        {
            return new JsonPatch([.. items.Select(Read)]);
        }
        catch (FormatException e)
        {
            return ApiErrors.BadRequest("invalid JSON patch: " + e.Message);
        }
    }

    /// <summary>Changes the document; 422 when an operation does not fit it.</summary>
    public Attempt<JsonObject> Apply(JsonObject document)
    {
        JsonNode? root = document;
        var copied = 0L;
        foreach (var operation in Operations)
        {
            try
            {
                root = Run(root, operation, ref copied);
            }
            catch (FormatException e)
            {
                return new ApiError(
                    422,
                    "Invalid",
                    $"the server rejected our request due to an error in our request: {operation.Verb} /{string.Join('/', operation.Path.Tokens)}: {e.Message}");
            }
        }

        return root is JsonObject result ? result : ApiErrors.BadRequest("the patched document is not an object");
    }

    private static Operation Read(JsonNode? node)
    {
        if (node is not JsonObject item) throw new FormatException("an operation must be an object");
        var verb = item.Text("op") ?? throw new FormatException("an operation has no op");
        var path = JsonPointer.Parse(item.Text("path") ?? throw new FormatException("an operation has no path"));
        var from = verb is "move" or "copy"
            ? JsonPointer.Parse(item.Text("from") ?? throw new FormatException($"{verb} has no from"))
            : null;
        if (verb is not ("add" or "remove" or "replace" or "move" or "copy" or "test")) throw new FormatException($"unknown op \"{verb}\"");
        if (verb is "add" or "replace" or "test" && !item.ContainsKey("value")) throw new FormatException($"{verb} has no value");
        return new Operation(verb, path, from, item["value"]);
    }

    private static JsonNode? Run(JsonNode? root, Operation operation, ref long copied)
    {
        switch (operation.Verb)
        {
            case "add": return Add(root, operation.Path, operation.Value?.DeepClone());
            case "remove": return Remove(root, operation.Path, out _);
            case "replace":
                if (operation.Path.Tokens.Count == 0) return operation.Value?.DeepClone();
                return Add(Remove(root, operation.Path, out _), operation.Path, operation.Value?.DeepClone());
            case "move":
                if (operation.Path.IsBelow(operation.From!)) throw new FormatException("a value cannot be moved into itself");
                return Add(Remove(root, operation.From!, out var moved), operation.Path, moved);
            case "copy":
                var source = operation.From!.Read(root);
                if (source is not null && (copied += JsonText.Write(source).Length) > MaxCopiedBytes) throw new FormatException("the copies are too large");
                return Add(root, operation.Path, source?.DeepClone());
            default:
                return JsonNode.DeepEquals(operation.Path.Read(root), operation.Value) ? root : throw new FormatException("the test failed");
        }
    }

    private static JsonNode? Add(JsonNode? root, JsonPointer path, JsonNode? value)
    {
        if (path.Tokens.Count == 0) return value;
        // Depth stays within what can be read back and written.
        if (path.Tokens.Count > JsonText.MaxDepth) throw new FormatException("nested too deeply");
        switch (path.ReadParent(root))
        {
            case JsonObject fields: fields[path.Last] = value; break;
            case JsonArray items when path.Last == "-": items.Add(value); break;
            case JsonArray items: items.Insert(JsonPointer.Index(path.Last, items.Count + 1), value); break;
            default: throw new FormatException("its parent does not exist");
        }

        return root;
    }

    private static JsonNode? Remove(JsonNode? root, JsonPointer path, out JsonNode? removed)
    {
        removed = root;
        if (path.Tokens.Count == 0) return null;
        switch (path.ReadParent(root))
        {
            case JsonObject fields when fields.Remove(path.Last, out removed): break;
            case JsonArray items:
                var index = JsonPointer.Index(path.Last, items.Count);
                removed = items[index];
                items.RemoveAt(index);
                break;
            default: throw new FormatException("nothing is there");
        }

        return root;
    }
}
