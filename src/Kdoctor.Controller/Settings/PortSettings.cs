using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Settings;

/// <summary>The ports of the controller's container: none below 1,024, for which it has no privilege.</summary>
[Description("The ports of the controller's container. The Deployment that the command or the chart makes follows them; whoever edits by hand changes its ports api, health and agents too. The Services keep theirs.")]
public sealed record PortSettings
{
    [Range(1024, 65535)]
    [Description("HTTPS: the reports' API and the webhook.")]
    public int Api { get; init; } = ClusterPorts.ControllerApi;

    [Range(1024, 65535)]
    [Description("HTTP: health.")]
    public int Health { get; init; } = ClusterPorts.ControllerHealth;

    [Range(1024, 65535)]
    [Description("gRPC over TLS: the agents.")]
    public int Agents { get; init; } = ClusterPorts.ControllerAgents;
}
