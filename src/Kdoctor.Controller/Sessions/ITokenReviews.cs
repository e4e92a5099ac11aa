using System.Collections.Immutable;
using Kdoctor.Controller.Objects;

namespace Kdoctor.Controller.Sessions;

/// <summary>What an API server thinks of tokens: the edge to a cluster.</summary>
internal interface ITokenReviews
{
    /// <summary>Asks about a token.</summary>
    /// <exception cref="ApiServerException">The server refused to answer, or did not.</exception>
    Task<TokenReview> ReviewAsync(string token, string audience, CancellationToken cancellation);
}

/// <summary>An API server's word on a token (authentication.k8s.io/v1 TokenReview).</summary>
/// <param name="Authenticated">Whether it is authentic, and for the audience.</param>
/// <param name="UserName">Whose it is.</param>
/// <param name="Audiences">The audiences, of those asked for, that it is for.</param>
/// <param name="PodUid">The pod that it is bound to; null for none.</param>
internal sealed record TokenReview(bool Authenticated, string UserName, ImmutableArray<string> Audiences, string? PodUid);
