using System.Text.Json.Nodes;

namespace Kdoctor.Controller.Objects;

/// <summary>Where one object is.</summary>
/// <param name="Collection">Path of its collection, for example <c>api/v1/namespaces/kdoctor/secrets</c>.</param>
/// <param name="Name">Its name.</param>
internal sealed record ObjectPlace(string Collection, string Name)
{
    /// <summary>Path of the object.</summary>
    public string Path => $"{Collection}/{Uri.EscapeDataString(Name)}";

    /// <summary>What narrows its collection to it. A right that is bound to its name allows to list and watch by this.</summary>
    public string Fields => "metadata.name=" + Name;

    /// <summary>An object's resourceVersion.</summary>
    public static string? VersionOf(JsonObject found) => found["metadata"]?["resourceVersion"]?.GetValue<string>();

    /// <inheritdoc/>
    public override string ToString() => Path;
}
