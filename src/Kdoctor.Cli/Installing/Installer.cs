using System.Text.Json.Nodes;
using Kdoctor.Cli.Cluster;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>
/// Makes an installation, or makes an older one this one.
/// 1. Every object is applied, what others need first.
/// 2. Objects that an older installation made and this one does not have are removed.
/// </summary>
internal sealed class Installer(ClusterObjects cluster, Action<string> tell)
{
    private const string OursSelector = "labelSelector=" + ClusterNames.PartOfLabel + "%3D" + ClusterNames.PartOf;

    /// <summary>Applies all objects.</summary>
    /// <exception cref="ClusterException">The cluster refused an object; the message names it.</exception>
    public async Task ApplyAsync(IReadOnlyList<JsonObject> objects, CancellationToken cancellation)
    {
        foreach (var document in objects)
        {
            var name = ObjectName.Of(document);
            var before = await cluster.FindAsync(name, cancellation);
            KeepAuthority(document, before);
            try
            {
                var after = await cluster.ApplyAsync(document, cancellation);
                tell($"{name} {AppliedChange.Of(before, after)}");
            }
            catch (ClusterException refused) when (refused.Status is { } status)
            {
                throw new ClusterException($"{name}: {refused.Message}", status);
            }
        }
    }

    /// <summary>Removes what is ours, was installed, and is not among the objects; never what the controller made for a task.</summary>
    public async Task PruneAsync(IReadOnlyList<JsonObject> objects, ClusterFacts facts, CancellationToken cancellation)
    {
        var kept = objects.Select(document => ObjectName.Of(document)).ToList();
        foreach (var kind in ObjectKind.All.Where(kind => kind.Prunable).Select(kind => kind.In(facts)).Reverse())
        {
            foreach (var found in await cluster.ListAsync(kind.Path(), OursSelector, cancellation))
            {
                var name = ObjectName.Of(found, kind);
                if (kept.Exists(name.Is) || IsOfATask(found) || !name.Name.StartsWith(ClusterNames.PartOf, StringComparison.Ordinal))
                    continue;
                if (await cluster.DeleteAsync(name, cancellation))
                    tell($"{name} removed: this version has no such object");
            }
        }
    }

    // A merge replaces a list whole: what the controller wrote into it stays.
    private static void KeepAuthority(JsonObject document, JsonObject? before)
    {
        if (document["webhooks"] is not JsonArray webhooks)
            return;
        foreach (var webhook in webhooks)
        {
            var same = before?["webhooks"]?.AsArray().FirstOrDefault(entry => entry!["name"]?.ToString() == webhook!["name"]!.ToString());
            if (same?["clientConfig"]?["caBundle"] is { } bundle)
                webhook!["clientConfig"]!["caBundle"] = bundle.DeepClone();
        }
    }

    private static bool IsOfATask(JsonObject found) =>
        found["metadata"]!["labels"]?[ClusterNames.RuntimeLabel] is not null || found["metadata"]!["ownerReferences"] is JsonArray { Count: > 0 };
}
