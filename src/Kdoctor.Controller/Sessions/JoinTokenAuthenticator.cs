using System.Security.Cryptography;
using System.Text;
using Grpc.Core;

namespace Kdoctor.Controller.Sessions;

/// <summary>Agents that know one shared token, sent as <c>authorization: Bearer TOKEN</c> (RFC 6750 section 2.1).</summary>
public sealed class JoinTokenAuthenticator : IAgentAuthenticator
{
    /// <summary>The fewest characters that a token may have.</summary>
    public const int MinTokenLength = 16;

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
    public ValueTask<AgentAuthentication> AuthenticateAsync(Metadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(metadata);

        // Hashes have one length, so that the comparison's time tells nothing of the token's.
        var offered = SHA256.HashData(Encoding.UTF8.GetBytes(BearerToken.Of(metadata) ?? ""));
        return new(CryptographicOperations.FixedTimeEquals(offered, hash)
            ? AgentAuthentication.Of(new AgentCredential(null))
            : AgentAuthentication.Refused("the join token is wrong or missing"));
    }
}
