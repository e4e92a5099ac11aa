using System.ComponentModel;

namespace Kdoctor.Controller.Settings;

/// <summary>Which addresses tasks may name.</summary>
[Description("Which addresses AppHttpHealthy and Netdns tasks may name.")]
public sealed record TargetSettings
{
    [Description("Ranges (CIDR) or addresses that tasks may name although they are loopback or link-local addresses, those of cloud metadata among them.")]
    public IReadOnlyList<string> Allow { get; init; } = [];

    [Description("Further ranges (CIDR) or addresses that no task may name, for example that of the nodes' management network.")]
    public IReadOnlyList<string> Deny { get; init; } = [];
}
