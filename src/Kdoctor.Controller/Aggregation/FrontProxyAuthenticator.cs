using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.ApiServer.Security;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Kdoctor.Controller.Aggregation;

/// <summary>
/// Believes what the API server says of its callers, and nobody else:
/// 1. The connection's client certificate must be signed by the front proxy's authority, for client authentication, be valid now and bear an allowed name.
/// 2. Only then do the headers count, which say for whom it speaks.
/// Whoever fails gets 401, and its connection is closed.
/// </summary>
internal sealed class FrontProxyAuthenticator(Func<FrontProxy?> trusted, TimeProvider time) : IRequestAuthenticator
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string Authenticated = "system:authenticated";
    private const string Anonymous = "system:anonymous";

    // Values of a header that are looked at: users have groups, not thousands.
    private const int MaxValues = 1000;

    // A connection's certificate is checked once per trust; the table forgets it with the connection.
    private readonly ConditionalWeakTable<X509Certificate2, Checked> seen = [];

    /// <inheritdoc/>
    public ValueTask<Caller?> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var caller = context.Connection.ClientCertificate is { } certificate && trusted() is { } proxy && IsProxy(certificate, proxy)
            ? CallerOf(context.Request.Headers, proxy)
            : null;
        if (caller is null)
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        return new(caller);
    }

    // 1.
    private bool IsProxy(X509Certificate2 certificate, FrontProxy proxy)
    {
        var now = time.GetUtcNow();
        if (seen.TryGetValue(certificate, out var before) && ReferenceEquals(before.Proxy, proxy))
            return before.Good && now < certificate.NotAfter;
        var good = IsSigned(certificate, proxy, now)
            && (proxy.AllowedNames.IsEmpty || proxy.AllowedNames.Contains(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), StringComparer.Ordinal));
        seen.AddOrUpdate(certificate, new Checked(proxy, good));
        return good;
    }

    private static bool IsSigned(X509Certificate2 certificate, FrontProxy proxy, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(proxy.Authorities.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        return chain.Build(certificate);
    }

    // 2.
    private static Caller? CallerOf(IHeaderDictionary headers, FrontProxy proxy)
    {
        if (Values(headers, proxy.UserHeaders).FirstOrDefault(value => value.Length > 0) is not { } name)
            return null;
        var groups = Values(headers, proxy.GroupHeaders).ToList();

        // The aggregator's own requests come without the group that every known user is in; API servers add it on their side, and so must we.
        if (name != Anonymous && !groups.Contains(Authenticated))
            groups.Add(Authenticated);
        return new Caller(name, groups)
        {
            Uid = Values(headers, proxy.UidHeaders).FirstOrDefault(value => value.Length > 0),
            Extra = Extra(headers, proxy),
        };
    }

    private static Dictionary<string, IReadOnlyList<string>> Extra(IHeaderDictionary headers, FrontProxy proxy)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var prefix in proxy.ExtraPrefixes)
        {
            foreach (var (header, values) in headers.Take(MaxValues).Where(header => header.Key.Length > prefix.Length && header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                extra[Uri.UnescapeDataString(header[prefix.Length..]).ToLowerInvariant()] = [.. values.OfType<string>()];
        }

        return extra;
    }

    private static IEnumerable<string> Values(IHeaderDictionary headers, IEnumerable<string> names) =>
        names.SelectMany(name => headers[name].OfType<string>()).Take(MaxValues);

    private sealed record Checked(FrontProxy Proxy, bool Good);
}
