using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kdoctor.ApiServer.Security;

/// <summary>Knows a fixed set of bearer tokens (RFC 6750 section 2.1).</summary>
/// <remarks>Tokens are kept and compared as SHA-256 digests, every one of them on every request, so that timing tells nothing.</remarks>
public sealed class StaticTokenAuthenticator : IRequestAuthenticator
{
    private const string Scheme = "Bearer ";
    private readonly (byte[] Digest, Caller Caller)[] known;

    /// <param name="tokens">Callers by token; a token has at least 16 characters.</param>
    /// <exception cref="ArgumentException">A token is too short to be a secret.</exception>
    public StaticTokenAuthenticator(IReadOnlyDictionary<string, Caller> tokens)
    {
        if (tokens.Keys.Any(token => token.Length < 16))
            throw new ArgumentException("a token must have at least 16 characters", nameof(tokens));
        known = [.. tokens.Select(pair => (Digest(pair.Key), pair.Value))];
    }

    /// <inheritdoc/>
    public ValueTask<Caller?> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count != 1 || !header[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return ValueTask.FromResult<Caller?>(null);

        var presented = Digest(header[0]![Scheme.Length..].Trim());
        Caller? found = null;
        foreach (var (digest, caller) in known)
        {
            if (CryptographicOperations.FixedTimeEquals(digest, presented)) found = caller;
        }

        return ValueTask.FromResult(found);
    }

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
