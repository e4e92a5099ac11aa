using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Cluster;

/// <summary>What is kept of a node.</summary>
internal sealed record NodeFacts
{
    public required string Name { get; init; }

    public required ImmutableDictionary<string, string> Labels { get; init; }

    public ImmutableArray<V1Taint> Taints { get; init; } = [];

    /// <summary>Its internal addresses, the first of each family.</summary>
    public ImmutableArray<string> Ips { get; init; } = [];

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Trouble { get; init; }

    public static NodeFacts Read(JsonObject stored)
    {
        var node = KubernetesJson.Deserialize<V1Node>(stored.ToJsonString());
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        return new NodeFacts
        {
            Name = node.Metadata.Name,
            Labels = (node.Metadata.Labels ?? new Dictionary<string, string>()).ToImmutableDictionary(StringComparer.Ordinal),
            Taints = [.. node.Spec?.Taints ?? []],
            Ips = [.. (node.Status?.Addresses ?? [])
                .Where(address => address.Type == "InternalIP" && System.Net.IPAddress.TryParse(address.Address, out _))
                .Select(address => address.Address)
                .DistinctBy(EchoAddress.FamilyOf)],
            Trouble = ready is { Status: "True" } ? null : $"its node is not ready: {ready?.Reason ?? "it has not said so"}{(ready?.Message is { Length: > 0 } message ? $": {message}" : "")}",
        };
    }

    /// <summary>Its address in a family; null for none.</summary>
    public string? Ip(IpFamily family) => Ips.FirstOrDefault(ip => EchoAddress.FamilyOf(ip) == family);
}
