using Grpc.Core;

namespace Kdoctor.Controller.Sessions;

/// <summary>Decides whether a stream's caller may be an agent. A join token does outside a cluster; a token review in one.</summary>
public interface IAgentAuthenticator
{
    /// <summary>Who the caller is, by its request's metadata.</summary>
    /// <returns>Null when it is nobody.</returns>
    ValueTask<AgentCredential?> AuthenticateAsync(Metadata metadata, CancellationToken cancellation);
}

/// <summary>What a credential proves.</summary>
/// <param name="AgentId">The only identity that its bearer may take; null when it may take any.</param>
public sealed record AgentCredential(string? AgentId);
