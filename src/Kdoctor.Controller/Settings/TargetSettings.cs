using System.ComponentModel;
using Kdoctor.Core.Addresses;

namespace Kdoctor.Controller.Settings;

/// <summary>Which addresses tasks may name.</summary>
[Description("Which addresses AppHttpHealthy and Netdns tasks may name.")]
public sealed record TargetSettings
{
    [Description("Addresses and ranges (CIDR) that tasks may name although they are loopback, link-local, unspecified or multicast addresses. That of a cloud's metadata service must be named itself: no range around it allows it.")]
    public IReadOnlyList<string> Allow { get; init; } = [];

    [Description("Further addresses and ranges (CIDR) that no task may name, for example that of the nodes' management network. Agents hold what names lead to against both lists as well.")]
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>The same, as the rule that tasks and agents are held to.</summary>
    internal AddressRule Rule => new() { Allow = [.. Allow], Deny = [.. Deny] };
}
