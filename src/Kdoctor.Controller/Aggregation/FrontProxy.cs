using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kdoctor.Controller.Aggregation;

/// <summary>Which connections speak for the API server, and in which headers they say for whom: ConfigMap <c>kube-system/extension-apiserver-authentication</c>.</summary>
internal sealed record FrontProxy
{
    // More authorities or names than any cluster has.
    private const int MaxListed = 100;

    /// <summary>Who signs the API server's client certificate.</summary>
    public required ImmutableArray<X509Certificate2> Authorities { get; init; }

    /// <summary>The common names that such a certificate may have; empty for any.</summary>
    public required ImmutableArray<string> AllowedNames { get; init; }

    /// <summary>Headers that may hold the user's name; the first that is there counts.</summary>
    public required ImmutableArray<string> UserHeaders { get; init; }

    /// <summary>Headers that hold the user's groups.</summary>
    public required ImmutableArray<string> GroupHeaders { get; init; }

    /// <summary>How the names of headers begin that hold what else an authenticator knew of the user.</summary>
    public required ImmutableArray<string> ExtraPrefixes { get; init; }

    /// <summary>Headers that may hold the user's uid (Kubernetes 1.32 and later).</summary>
    public required ImmutableArray<string> UidHeaders { get; init; }

    /// <summary>Reads the ConfigMap.</summary>
    /// <returns>Null when it names no authority or no header: then nobody is believed.</returns>
    public static FrontProxy? Read(JsonObject configMap)
    {
        if (configMap["data"] is not JsonObject data || Text(data, "requestheader-client-ca-file") is not { } pem)
            return null;
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            var read = new FrontProxy
            {
                Authorities = [.. authorities.Take(MaxListed)],
                AllowedNames = List(data, "requestheader-allowed-names"),
                UserHeaders = List(data, "requestheader-username-headers"),
                GroupHeaders = List(data, "requestheader-group-headers"),
                ExtraPrefixes = List(data, "requestheader-extra-headers-prefix"),
                UidHeaders = List(data, "requestheader-uid-headers"),
            };
            return read.Authorities.IsEmpty || read.UserHeaders.IsEmpty ? null : read;
        }
        catch (Exception damaged) when (damaged is CryptographicException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // A list as JSON in a text.
    private static ImmutableArray<string> List(JsonObject data, string field) => Text(data, field) is not { Length: > 0 } text
        ? []
        : [.. (JsonNode.Parse(text) as JsonArray ?? []).Take(MaxListed).Select(item => item?.GetValue<string>() ?? "").Where(item => item.Length > 0)];

    private static string? Text(JsonObject data, string field) => data[field]?.GetValue<string>();
}
