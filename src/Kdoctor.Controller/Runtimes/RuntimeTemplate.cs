using System.Text.Json.Nodes;

namespace Kdoctor.Controller.Runtimes;

/// <summary>What the installer made for the default agents: the only template of every agent.</summary>
/// <param name="DaemonSet">The default agents' DaemonSet.</param>
/// <param name="ServiceV4">Their Service over IPv4; null where the cluster has none.</param>
/// <param name="ServiceV6">Their Service over IPv6; null where the cluster has none.</param>
/// <param name="Ingress">Their Ingress; null where there is none.</param>
internal sealed record RuntimeTemplate(JsonObject DaemonSet, JsonObject? ServiceV4, JsonObject? ServiceV6, JsonObject? Ingress);
