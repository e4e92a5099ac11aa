using System.Collections.Immutable;

namespace Kdoctor.Controller.Inputs;

/// <summary>Where the controller reads Secrets and ConfigMaps for tasks. In a cluster its rights say the same once more.</summary>
/// <param name="Namespaces">The namespaces; null for all, which only a place whose users may read everything should have.</param>
public sealed record ObjectAccess(ImmutableArray<string>? Namespaces)
{
    /// <summary>Nowhere.</summary>
    public static ObjectAccess None { get; } = new([]);

    /// <summary>Everywhere.</summary>
    public static ObjectAccess Everywhere { get; } = new((ImmutableArray<string>?)null);

    /// <summary>Whether objects of a namespace may be read.</summary>
    public bool Allows(string space) => Namespaces is not { } listed || listed.Contains(space);
}
