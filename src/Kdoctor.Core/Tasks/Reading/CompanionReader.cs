using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>Reads the Secrets and ConfigMaps of a file, so that a task and what it needs can stand in one file. No problem repeats a value: it may be a secret.</summary>
internal static class CompanionReader
{
    private const string DefaultNamespace = "default";

    /// <summary>Whether a document is one.</summary>
    public static bool Takes(ManifestNode document) =>
        document is ManifestMap root && Text(root, "apiVersion") == "v1" && Enum.TryParse<ObjectKind>(Text(root, "kind"), out _);

    public static CompanionObject? Read(ManifestMap root, ProblemList problems)
    {
        var kind = Enum.Parse<ObjectKind>(Text(root, "kind")!);
        string[] texts = kind == ObjectKind.Secret ? ["stringData"] : ["data"];
        string[] octets = kind == ObjectKind.Secret ? ["data"] : ["binaryData"];
        string[] known = [.. texts, .. octets, "apiVersion", "kind", "metadata", "type", "immutable"];
        foreach (var field in root.Fields.Where(field => !known.Contains(field.Name)))
            problems.Add(FieldPath.Root.Field(field.Name), $"is not a known field of a {kind}", $"remove it; known here are {string.Join(", ", known)}");
        var name = Name(root, "name", Names.IsSubdomain, problems);
        var space = Name(root, "namespace", Names.IsLabel, problems) ?? DefaultNamespace;
        foreach (var field in texts.Concat(octets))
            Check(root, field, octets.Contains(field), problems);
        if (name is null || !problems.IsEmpty)
            return null;
        var document = root.ToJson();
        document["metadata"]!["namespace"] = space;
        return new CompanionObject(new ObjectReference(kind, space, name), document);
    }

    private static string? Name(ManifestMap root, string field, Func<string, bool> isName, ProblemList problems)
    {
        var node = (root.Find("metadata")?.Value as ManifestMap)?.Find(field)?.Value;
        if (node is ManifestScalar { Kind: ScalarKind.Text } text && isName(text.Text))
            return text.Text;
        if (node is not null)
            problems.Add(FieldPath.Metadata.Field(field), $"is {NodeWords.Of(node)}, which is no name of a Kubernetes object", "use a-z, 0-9 and '-', with a letter or digit at both ends");
        else if (field == "name")
            problems.Add(FieldPath.Metadata.Field(field), "is required, but missing", "give the object a name");
        return null;
    }

    private static void Check(ManifestMap root, string field, bool octets, ProblemList problems)
    {
        if (root.Find(field)?.Value is not { } value || value is ManifestScalar { Kind: ScalarKind.Null })
            return;
        var path = FieldPath.Root.Field(field);
        if (value is not ManifestMap map)
        {
            problems.Add(path, "must be a map of texts, but is none", "write its entries below it, indented, as key: value");
            return;
        }
        foreach (var entry in map.Fields)
        {
            if (entry.Value is not ManifestScalar { Kind: ScalarKind.Text } scalar)
                problems.Add(path.Field(entry.Name), "must be a text", "put it in quotes");
            else if (octets && !Convert.TryFromBase64String(scalar.Text, new byte[scalar.Text.Length], out _))
                problems.Add(path.Field(entry.Name), "is not base64", field == "data" ? "encode it, or write it as it is under stringData" : "encode it, or write it as it is under data");
        }
    }

    private static string? Text(ManifestMap root, string field) => root.Find(field)?.Value is ManifestScalar { Kind: ScalarKind.Text } text ? text.Text : null;
}
