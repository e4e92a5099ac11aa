using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Settings;

/// <summary>The ports of the controller's container.</summary>
[Description("The ports of the controller's container. Change them only together with the Service and the Deployment.")]
public sealed record PortSettings
{
    [Range(1, 65535)]
    [Description("HTTPS: the reports' API and the webhook.")]
    public int Api { get; init; } = ClusterPorts.ControllerApi;

    [Range(1, 65535)]
    [Description("HTTP: health.")]
    public int Health { get; init; } = ClusterPorts.ControllerHealth;

    [Range(1, 65535)]
    [Description("gRPC over TLS: the agents.")]
    public int Agents { get; init; } = ClusterPorts.ControllerAgents;
}
