using Microsoft.AspNetCore.Http;

namespace Kdoctor.ApiServer.Security;

/// <summary>Tells who a request comes from.</summary>
public interface IRequestAuthenticator
{
    /// <summary>The caller, or null for 401. Credentials are never logged.</summary>
    ValueTask<Caller?> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken);
}
