using System.Security.Cryptography;
using System.Text;
using Grpc.Core;

namespace Kdoctor.Controller.Sessions;

/// <summary>Agents that know one shared token, sent as <c>authorization: Bearer TOKEN</c> (RFC 6750 section 2.1).</summary>
public sealed class JoinTokenAuthenticator : IAgentAuthenticator
{
    /// <summary>The fewest characters that a token may have.</summary>
    public const int MinTokenLength = 16;

    private const string Scheme = "Bearer ";
    private readonly byte[] hash;

    /// <summary>Takes the token.</summary>
    /// <exception cref="ArgumentException">It is too short to be a secret.</exception>
    public JoinTokenAuthenticator(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length < MinTokenLength)
            throw new ArgumentException($"a join token must have at least {MinTokenLength} characters", nameof(token));
        hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <inheritdoc/>
    public ValueTask<AgentCredential?> AuthenticateAsync(Metadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var header = metadata.GetValue("authorization");
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return new((AgentCredential?)null);

        // Hashes have one length, so that the comparison's time tells nothing of the token's.
        var offered = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()));
        return new(CryptographicOperations.FixedTimeEquals(offered, hash) ? new AgentCredential(null) : null);
    }
}
