using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Kdoctor.Controller.Cluster;

/// <summary>What is kept of an Ingress of agents.</summary>
internal sealed record IngressFacts
{
    /// <summary>The object as the API server told it; never changed.</summary>
    public required JsonObject Stored { get; init; }

    /// <summary>Addresses and host names that the ingress controller announced.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>A host for which the first rule holds; null where that is any.</summary>
    public string? Host { get; init; }

    public required string Path { get; init; }

    /// <summary>Whether it is reached over TLS.</summary>
    public bool Tls { get; init; }

    public static IngressFacts Read(JsonObject stored)
    {
        var ingress = KubernetesJson.Deserialize<V1Ingress>(stored.ToJsonString());
        var rule = ingress.Spec?.Rules?.FirstOrDefault();
        var (host, tls) = IngressHost.Of(rule?.Host, ingress.Spec?.Tls);
        return new IngressFacts
        {
            Stored = stored,
            Addresses = [.. (ingress.Status?.LoadBalancer?.Ingress ?? [])
                .Select(announced => announced.Ip is { Length: > 0 } ip ? ip : announced.Hostname)
                .Where(announced => !string.IsNullOrEmpty(announced))
                .Distinct(StringComparer.OrdinalIgnoreCase)],
            Host = host,
            Path = rule?.Http?.Paths?.FirstOrDefault()?.Path is { Length: > 0 } path ? path : "/",
            Tls = tls,
        };
    }
}
