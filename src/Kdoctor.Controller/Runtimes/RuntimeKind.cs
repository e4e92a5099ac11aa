namespace Kdoctor.Controller.Runtimes;

/// <summary>A kind of object that runtimes consist of.</summary>
/// <param name="Name">As manifests spell it.</param>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Plural">As paths spell it.</param>
internal sealed record RuntimeKind(string Name, string ApiVersion, string Plural)
{
    public static readonly RuntimeKind DaemonSet = new("DaemonSet", "apps/v1", "daemonsets");
    public static readonly RuntimeKind Deployment = new("Deployment", "apps/v1", "deployments");
    public static readonly RuntimeKind Service = new("Service", "v1", "services");
    public static readonly RuntimeKind Ingress = new("Ingress", "networking.k8s.io/v1", "ingresses");

    /// <summary>Path of its collection in a namespace.</summary>
    public string PathIn(string ns) => $"{(ApiVersion == "v1" ? "api" : "apis")}/{ApiVersion}/namespaces/{ns}/{Plural}";
}
