namespace Kdoctor.Core.Planning;

/// <summary>The kinds of object whose content a task may name.</summary>
public enum ObjectKind
{
    /// <summary><c>core/v1</c> Secret.</summary>
    Secret = 1,

    /// <summary><c>core/v1</c> ConfigMap.</summary>
    ConfigMap = 2,
}

/// <summary>An object of the cluster that a task names. Plans keep it in place of the object's content, which is never stored.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Namespace">Where it is.</param>
/// <param name="Name">Its name there.</param>
public sealed record ObjectReference(ObjectKind Kind, string Namespace, string Name)
{
    /// <summary>For people: <c>Secret shop/client</c>.</summary>
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}
