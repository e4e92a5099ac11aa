using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Deployment;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Sessions;

/// <summary>
/// Agents in a cluster. A caller's token must be
/// 1. such as a service account's looks (RFC 7515 section 7.1), before the API server is asked at all,
/// 2. authentic and for <see cref="ClusterNames.TokenAudience"/>, says the API server,
/// 3. of the agents' service account in the agents' namespace,
/// 4. bound to a pod: that pod's uid is the only identity that the caller may take.
/// What the API server said holds for a short while, so that a crowd of agents which comes back at once, or a stranger who insists, costs it little.
/// </summary>
internal sealed partial class TokenReviewAuthenticator(ITokenReviews reviews, TokenReviewOptions options, TimeProvider time, ILogger<TokenReviewAuthenticator> logger) : IAgentAuthenticator, IDisposable
{
    private readonly ILogger logger = logger;
    private readonly SemaphoreSlim asking = new(options.Concurrent);
    private readonly Lock gate = new();

    // By the token's hash: the tokens themselves are held no longer than a request.
    private readonly Dictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<AgentAuthentication> AuthenticateAsync(Metadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(metadata);

        // 1. Its looks.
        if (BearerToken.Of(metadata) is not { Length: > 0 } token)
            return AgentAuthentication.Refused("a service account's token is needed, as authorization: Bearer TOKEN");
        if (!LooksRight(token))
            return AgentAuthentication.Refused("the token is no service account's");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        if (Recall(hash) is { } recalled)
            return recalled;
        await asking.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (Recall(hash) is { } answered)
                return answered;
            var answer = Judge(await ReviewAsync(token, cancellation).ConfigureAwait(false));
            Keep(hash, answer);
            return answer;
        }
        finally
        {
            asking.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => asking.Dispose();

    private static bool LooksRight(string token) =>
        token.Length <= TokenReviewOptions.MaxTokenLength && token.Count(character => character == '.') == 2 && token.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');

    private async Task<TokenReview> ReviewAsync(string token, CancellationToken cancellation)
    {
        try
        {
            return await reviews.ReviewAsync(token, ClusterNames.TokenAudience, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException failed)
        {
            LogNoReview(failed.Message);
            throw new RpcException(new Status(StatusCode.Unavailable, "the API server cannot review the token now"));
        }
    }

    private AgentAuthentication Judge(TokenReview review)
    {
        // 2. Authentic.
        if (!review.Authenticated)
            return AgentAuthentication.Refused($"the API server does not accept the token for the audience {ClusterNames.TokenAudience}");
        if (!review.Audiences.Contains(ClusterNames.TokenAudience, StringComparer.Ordinal))
            return AgentAuthentication.Refused($"the token is not for the audience {ClusterNames.TokenAudience}");

        // 3. The agents' account.
        var account = $"system:serviceaccount:{options.Namespace}:{options.ServiceAccount}";
        if (review.UserName != account)
            return AgentAuthentication.Refused($"the token is not of {account}");

        // 4. Bound to a pod.
        return review.PodUid is { Length: > 0 } uid
            ? AgentAuthentication.Of(new AgentCredential(uid))
            : AgentAuthentication.Refused("the token is bound to no pod: an agent needs a projected one");
    }

    private AgentAuthentication? Recall(string hash)
    {
        lock (gate)
            return known.TryGetValue(hash, out var entry) && time.GetUtcNow() < entry.Until ? entry.Answer : null;
    }

    // When it is full, what has run out goes; where nothing has, the answer is not kept.
    private void Keep(string hash, AgentAuthentication answer)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (known.Count >= options.Remembered)
            {
                foreach (var stale in known.Where(entry => entry.Value.Until <= now).Select(entry => entry.Key).ToList())
                    known.Remove(stale);
            }
            if (known.Count < options.Remembered)
                known[hash] = new Known(answer, now + options.RememberFor);
        }
    }

    private sealed record Known(AgentAuthentication Answer, DateTimeOffset Until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A token could not be reviewed: {Reason}; does the controller's role allow to create tokenreviews?")]
    private partial void LogNoReview(string reason);
}
