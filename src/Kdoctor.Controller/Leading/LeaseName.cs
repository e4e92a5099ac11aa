namespace Kdoctor.Controller.Leading;

/// <summary>Where a Lease is.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
internal sealed record LeaseName(string Namespace, string Name)
{
    /// <summary>Reads <c>NAMESPACE/NAME</c>; null when the text is none.</summary>
    public static LeaseName? Parse(string text) =>
        text.Split('/') is [{ Length: > 0 and <= 63 } ns, { Length: > 0 and <= 253 } name] ? new LeaseName(ns, name) : null;
}
