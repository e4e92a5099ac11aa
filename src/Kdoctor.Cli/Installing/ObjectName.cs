using System.Text.Json.Nodes;

namespace Kdoctor.Cli.Installing;

/// <summary>Which object, as people and paths need it.</summary>
internal sealed record ObjectName(ObjectKind Kind, string? Namespace, string Name)
{
    public string Path => Kind.Path(Namespace, Name);

    /// <summary>The name that an object bears; a listed one says no kind, so the caller does.</summary>
    public static ObjectName Of(JsonObject document, ObjectKind? kind = null) => new(
        kind ?? ObjectKind.Of(document),
        document["metadata"]!["namespace"]?.GetValue<string>(),
        document["metadata"]!["name"]!.GetValue<string>());

    /// <summary>Whether it is the same object, whatever version of its kind names it.</summary>
    public bool Is(ObjectName other) => Kind.Kind == other.Kind.Kind && Namespace == other.Namespace && Name == other.Name;

    public override string ToString() => $"{Kind.Kind.ToLowerInvariant()}/{Name}{(Namespace is null ? "" : $" in {Namespace}")}";
}
