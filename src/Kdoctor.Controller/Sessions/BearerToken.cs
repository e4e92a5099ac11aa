using Grpc.Core;

namespace Kdoctor.Controller.Sessions;

/// <summary>The token of a caller, sent as <c>authorization: Bearer TOKEN</c> (RFC 6750 section 2.1).</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>Null when there is none.</summary>
    public static string? Of(Metadata metadata) =>
        metadata.GetValue("authorization") is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
}
