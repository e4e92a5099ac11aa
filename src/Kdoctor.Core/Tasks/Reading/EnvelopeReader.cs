using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>Reads what every Kubernetes object has: apiVersion, kind, metadata.</summary>
internal static class EnvelopeReader
{
    private static readonly string[] Fields = ["apiVersion", "kind", "metadata", "spec", "status"];

    /// <summary>meta/v1 ObjectMeta.</summary>
    private static readonly string[] MetadataFields =
    [
        "name", "generateName", "namespace", "labels", "annotations", "uid", "resourceVersion", "generation", "creationTimestamp",
        "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences", "finalizers", "managedFields", "selfLink", "clusterName",
    ];

    /// <summary>Checks the envelope and returns the kind; null when it is none of ours, and then nothing further can be read.</summary>
    public static KindSchema? Read(ManifestMap root, ProblemList problems)
    {
        Unknown(root, Fields, FieldPath.Root, problems);
        var version = Text(root, "apiVersion", FieldPath.Root, problems, $"write apiVersion: {KindSchema.ApiVersion}");
        if (version is not null && version != KindSchema.ApiVersion)
        {
            problems.Add(
                FieldPath.Root.Field("apiVersion"),
                $"is {ProblemWords.Quote(version)}, but must be {KindSchema.ApiVersion}",
                $"write {KindSchema.ApiVersion}");
        }

        Metadata(root, problems);
        var names = KindSchema.All.Select(kind => kind.Name).ToArray();
        if (Text(root, "kind", FieldPath.Root, problems, $"write one of {string.Join(", ", names)}") is not { } name)
            return null;
        if (KindSchema.All.FirstOrDefault(kind => kind.Name == name) is { } found)
            return found;
        var near = ProblemWords.Nearest(name, names);
        problems.Add(
            FieldPath.Root.Field("kind"),
            $"is {ProblemWords.Quote(name)}, but must be one of {string.Join(", ", names)}",
            near is null ? "write one of them" : $"did you mean {near}?");
        return null;
    }

    /// <summary>Whether the first round is due at once: the annotation that <c>kdoctor run --now</c> sets.</summary>
    public static bool StartsNow(ManifestMap root, ProblemList problems)
    {
        var metadata = root.Find("metadata")?.Value as ManifestMap;
        if ((metadata?.Find("annotations")?.Value as ManifestMap)?.Find(TaskReader.StartAnnotation) is not { } start)
            return false;
        if (start.Value is ManifestScalar { Text: "now" })
            return true;
        problems.Add(
            FieldPath.Metadata.Field("annotations").Field(TaskReader.StartAnnotation),
            $"is {NodeWords.Of(start.Value)}, but the only value it may have is now",
            "write now, or remove it");
        return false;
    }

    private static void Metadata(ManifestMap root, ProblemList problems)
    {
        var field = root.Find("metadata");
        if (field is not null && field.Value is not ManifestMap and not ManifestScalar { Kind: ScalarKind.Null })
        {
            problems.Add(FieldPath.Metadata, $"must be a map, but is {NodeWords.Of(field.Value)}", "write its fields below it, indented, as name: value");
            return;
        }

        var metadata = field?.Value as ManifestMap ?? new ManifestMap(null, []);
        Unknown(metadata, MetadataFields, FieldPath.Metadata, problems);
        if (Text(metadata, "name", FieldPath.Metadata, problems, "give the task a name") is { } name && !Names.IsSubdomain(name))
        {
            problems.Add(
                FieldPath.Metadata.Field("name"),
                $"is {ProblemWords.Quote(name)}, but must be a lowercase DNS name of at most 253 characters (RFC 1123)",
                "use a-z, 0-9, '-' and '.', with a letter or digit at both ends of each part");
        }

        Texts(metadata, "labels", problems);
        Texts(metadata, "annotations", problems);
    }

    private static void Texts(ManifestMap metadata, string name, ProblemList problems)
    {
        var schema = new FieldSchema { Type = FieldType.Map, Description = "", Items = new FieldSchema { Type = FieldType.Text, Description = "" } };
        if (metadata.Find(name) is { Value: not ManifestScalar { Kind: ScalarKind.Null } } field)
            new SchemaReader(problems).Read(field.Value, schema, FieldPath.Metadata.Field(name));
    }

    private static string? Text(ManifestMap map, string name, FieldPath path, ProblemList problems, string remedy)
    {
        if (map.Find(name)?.Value is not { } node || node is ManifestScalar { Kind: ScalarKind.Null })
        {
            problems.Add(path.Field(name), "is required, but missing", remedy);
            return null;
        }

        if (node is ManifestScalar { Kind: ScalarKind.Text } text)
            return text.Text;
        problems.Add(path.Field(name), $"must be a text, but is {NodeWords.Of(node)}", node is ManifestScalar ? "put it in quotes" : "write one text");
        return null;
    }

    private static void Unknown(ManifestMap map, string[] known, FieldPath path, ProblemList problems)
    {
        foreach (var field in map.Fields.Where(field => !known.Contains(field.Name)))
        {
            var near = ProblemWords.Nearest(field.Name, known);
            problems.Add(
                path.Field(field.Name),
                "is not a known field",
                near is null ? $"remove it; known here are {string.Join(", ", known.Take(5))}" : $"did you mean {near}?");
        }
    }

    /// <summary>The envelope as JSON, without the spec.</summary>
    public static JsonObject ToJson(ManifestMap root)
    {
        var json = root.ToJson();
        json.Remove("spec");
        return json;
    }
}
