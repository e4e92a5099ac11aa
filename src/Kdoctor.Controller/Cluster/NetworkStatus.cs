using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace Kdoctor.Controller.Cluster;

/// <summary>
/// A pod's further interfaces, as Multus writes them into an annotation (Kubernetes Network Custom Resource Definition De-facto Standard, section 4.1.3):
/// a JSON list of <c>{name, interface, ips, default}</c>. What writes it is not ours, so it may hold anything.
/// </summary>
/// <param name="Interfaces">Interfaces other than the pod's own, with their addresses; at most <see cref="MaxAddresses"/>.</param>
/// <param name="Problem">Why the annotation cannot be read; null when it can, or when there is none.</param>
internal sealed record NetworkStatus(ImmutableArray<NetworkInterfaceAddress> Interfaces, string? Problem)
{
    /// <summary>The most addresses that are read.</summary>
    public const int MaxAddresses = 62;

    private const int MaxNameLength = 100;

    // The current key first: where both are there, the older is a copy for older readers.
    private static readonly string[] Keys = ["k8s.v1.cni.cncf.io/network-status", "k8s.v1.cni.cncf.io/networks-status"];

    /// <summary>No further interface.</summary>
    public static NetworkStatus None { get; } = new([], null);

    /// <summary>Reads a pod's annotations.</summary>
    public static NetworkStatus Read(IDictionary<string, string>? annotations)
    {
        foreach (var key in Keys)
        {
            if (annotations?.TryGetValue(key, out var text) ?? false)
                return Read(key, text);
        }
        return None;
    }

    private static NetworkStatus Read(string key, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return new NetworkStatus([], $"the annotation {key} is no list");
            var found = document.RootElement.EnumerateArray().SelectMany(Addresses).Distinct().Take(MaxAddresses);
            return new NetworkStatus([.. found], null);
        }
        catch (JsonException)
        {
            return new NetworkStatus([], $"the annotation {key} is no JSON");
        }
    }

    private static IEnumerable<NetworkInterfaceAddress> Addresses(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || IsDefault(entry))
            yield break;
        var name = NameOf(Text(entry, "interface") ?? Text(entry, "name")?.Split('/')[^1]);
        if (name is null || !entry.TryGetProperty("ips", out var ips) || ips.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (var ip in ips.EnumerateArray())
        {
            // Some networks write the prefix's length too.
            if (ip.ValueKind == JsonValueKind.String && IPAddress.TryParse(ip.GetString()!.Split('/')[0], out var address))
                yield return new NetworkInterfaceAddress(name, address.ToString());
        }
    }

    private static bool IsDefault(JsonElement entry) => entry.TryGetProperty("default", out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement entry, string property) =>
        entry.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    // It becomes part of a target's name.
    private static string? NameOf(string? text) =>
        text is { Length: > 0 and <= MaxNameLength } && text.All(character => character is > ' ' and <= '~') ? text : null;
}

/// <summary>One address of a further interface.</summary>
/// <param name="Interface">The interface's name in the pod.</param>
/// <param name="Ip">An IPv4 or IPv6 literal.</param>
internal sealed record NetworkInterfaceAddress(string Interface, string Ip);
