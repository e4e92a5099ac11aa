using Grpc.Core;

namespace Kdoctor.Controller.Sessions;

/// <summary>Decides whether a stream's caller may be an agent. A join token does outside a cluster; a token review in one.</summary>
public interface IAgentAuthenticator
{
    /// <summary>Who the caller is, by its request's metadata.</summary>
    /// <returns>What its credential proves, or why it proves nothing.</returns>
    /// <exception cref="RpcException">It cannot be told now; the caller should try again.</exception>
    ValueTask<AgentAuthentication> AuthenticateAsync(Metadata metadata, CancellationToken cancellation);
}

/// <summary>What a credential proves.</summary>
/// <param name="AgentId">The only identity that its bearer may take; null when it may take any.</param>
public sealed record AgentCredential(string? AgentId);

/// <summary>What became of a caller's credential: one of both is null.</summary>
/// <param name="Credential">What it proves.</param>
/// <param name="Refusal">Why it proves nothing; told to the caller, so it holds no secret.</param>
public sealed record AgentAuthentication(AgentCredential? Credential, string? Refusal)
{
    /// <summary>A caller that may be an agent.</summary>
    public static AgentAuthentication Of(AgentCredential credential) => new(credential, null);

    /// <summary>A caller that may not.</summary>
    public static AgentAuthentication Refused(string reason) => new(null, reason);
}
