namespace Kdoctor.ApiServer.Http;

/// <summary>In which form objects are sent.</summary>
internal enum ResponseKind
{
    Object,
    Table,
    PartialMetadata,
}

/// <summary>What the Accept header asks for.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Version">Version of <c>meta.k8s.io</c> for the forms of that group.</param>
internal sealed record ResponseForm(ResponseKind Kind, string Version)
{
    public static ResponseForm Plain { get; } = new(ResponseKind.Object, "v1");
}
