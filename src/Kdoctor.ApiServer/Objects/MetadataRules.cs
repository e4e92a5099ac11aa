using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;

namespace Kdoctor.ApiServer.Objects;

/// <summary>The rules of <c>metav1.ObjectMeta</c> for what a client sends.</summary>
internal static class MetadataRules
{
    /// <summary>Bytes of all annotations of an object, as in the real server.</summary>
    public const int MaxAnnotationBytes = 256 * 1024;

    private static readonly string[] Texts = ["name", "generateName", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp"];

    // selfLink and clusterName are of the past; managedFields are the bookkeeping of a server-side apply, which this server does not do.
    private static readonly string[] Dropped = ["selfLink", "clusterName", "managedFields"];

    /// <summary>What makes the metadata unreadable (types), or null.</summary>
    public static string? ShapeProblem(JsonObject metadata)
    {
        foreach (var name in Texts)
        {
            if (metadata[name] is { } value && metadata.Text(name) is null) return $"metadata.{name}: expects a string, but found {value.GetValueKind()}";
        }

        foreach (var name in (string[])["labels", "annotations"])
        {
            if (metadata[name] is not { } value) continue;
            if (value is not JsonObject map || map.Any(pair => map.Text(pair.Key) is null)) return $"metadata.{name}: expects a map of strings";
        }

        if (metadata["finalizers"] is { } list && (list as JsonArray)?.All(item => item is JsonValue value && value.TryGetValue(out string? _)) != true)
            return "metadata.finalizers: expects a list of strings";
        if (metadata["ownerReferences"] is { } owners && (owners as JsonArray)?.All(item => item is JsonObject) != true)
            return "metadata.ownerReferences: expects a list of objects";
        return null;
    }

    /// <summary>Removes what is not kept: fields that are unknown, null, or the server's own past.</summary>
    /// <returns>Paths of the unknown ones.</returns>
    public static List<string> Prune(JsonObject metadata)
    {
        var unknown = new List<string>();
        foreach (var (name, value) in metadata.ToArray())
        {
            var known = Texts.Contains(name)
                || name is "labels" or "annotations" or "finalizers" or "ownerReferences" or "generation" or "deletionGracePeriodSeconds";
            if (!known && !Dropped.Contains(name)) unknown.Add("metadata." + name);
            if (!known || value is null) metadata.Remove(name);
        }

        return unknown;
    }

    /// <summary>Every rule that a readable metadata breaks.</summary>
    public static List<FieldCause> Problems(JsonObject metadata)
    {
        var causes = new List<FieldCause>();
        var name = metadata.Text("name");
        if (string.IsNullOrEmpty(name))
            causes.Add(new FieldCause("metadata.name", "Required value: name or generateName is required", FieldCause.Required));
        else if (LabelRules.NameProblem(name) is { } problem)
            causes.Add(Invalid("metadata.name", name, problem));

        foreach (var (key, value) in metadata["labels"] as JsonObject ?? [])
        {
            if (LabelRules.KeyProblem(key) is { } keyProblem) causes.Add(Invalid("metadata.labels", key, keyProblem));
            if (LabelRules.ValueProblem(value!.GetValue<string>()) is { } valueProblem)
                causes.Add(Invalid("metadata.labels", value.GetValue<string>(), valueProblem));
        }

        foreach (var (key, _) in metadata["annotations"] as JsonObject ?? [])
        {
            if (LabelRules.KeyProblem(key.ToLowerInvariant()) is { } keyProblem) causes.Add(Invalid("metadata.annotations", key, keyProblem));
        }

        if ((metadata["annotations"] as JsonObject ?? []).Sum(pair => pair.Key.Length + pair.Value!.GetValue<string>().Length) > MaxAnnotationBytes)
            causes.Add(new FieldCause("metadata.annotations", $"Too long: must have at most {MaxAnnotationBytes} bytes", "FieldValueTooLong"));
        foreach (var finalizer in (metadata["finalizers"] as JsonArray ?? []).Select(item => item!.GetValue<string>()))
        {
            if (LabelRules.KeyProblem(finalizer) is { } keyProblem) causes.Add(Invalid("metadata.finalizers", finalizer, keyProblem));
        }

        foreach (var owner in (metadata["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>())
        {
            foreach (var (field, word) in ((string, string)[])[("apiVersion", "version"), ("kind", "kind"), ("name", "name"), ("uid", "uid")])
            {
                if (string.IsNullOrEmpty(owner.Text(field)))
                    causes.Add(new FieldCause($"metadata.ownerReferences.{field}", $"Invalid value: \"\": {word} must not be empty"));
            }
        }

        return causes;
    }

    private static FieldCause Invalid(string field, string value, string rule) => new(field, $"Invalid value: \"{value}\": {rule}");
}
