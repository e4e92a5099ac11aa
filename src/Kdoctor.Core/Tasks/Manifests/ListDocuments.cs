using System.Collections.Immutable;

namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>A <c>v1 List</c>, as <c>kubectl get -o yaml</c> prints several objects, is read as its items, as <c>kubectl apply</c> does.</summary>
internal static class ListDocuments
{
    /// <summary>The documents, with each list's items in its place, and what is wrong with lists.</summary>
    public static (ImmutableArray<ManifestNode> Documents, ImmutableArray<Problem> Problems) Expand(ImmutableArray<ManifestNode> documents)
    {
        var all = ImmutableArray.CreateBuilder<ManifestNode>();
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var document in documents)
        {
            if (!IsList(document, out var list))
                all.Add(document);
            else if (list.Find("items")?.Value is ManifestList { Items.IsEmpty: false } items)
                all.AddRange(items.Items);
            else
                problems.Add(new Problem(list.Find("items")?.Line ?? list.Line, "items", "the List holds no objects", "list tasks, or leave the List out"));
        }
        return (all.ToImmutable(), problems.ToImmutable());
    }

    private static bool IsList(ManifestNode document, out ManifestMap list)
    {
        list = document as ManifestMap ?? new ManifestMap(document.Line, []);
        return list.Find("apiVersion")?.Value is ManifestScalar { Text: "v1" } && list.Find("kind")?.Value is ManifestScalar { Text: "List" };
    }
}
