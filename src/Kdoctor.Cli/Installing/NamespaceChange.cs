using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>Moves an object of the base into the namespace of an installation, with all that it says about others there.</summary>
internal static class NamespaceChange
{
    public static void Apply(JsonObject document, string space)
    {
        var metadata = document["metadata"]!.AsObject();
        Move(metadata, "namespace", space);
        if (document["kind"]!.GetValue<string>() == "Namespace")
            Move(metadata, "name", space);
        foreach (var subject in document["subjects"]?.AsArray() ?? [])
            Move(subject!.AsObject(), "namespace", space);
        if (document["spec"]?["service"] is JsonObject service)
            Move(service, "namespace", space);
        foreach (var webhook in document["webhooks"]?.AsArray() ?? [])
            Move(webhook!["clientConfig"]!["service"]!.AsObject(), "namespace", space);
    }

    private static void Move(JsonObject place, string field, string space)
    {
        if (place[field]?.GetValue<string>() == ClusterNames.Namespace)
            place[field] = space;
    }
}
