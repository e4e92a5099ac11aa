namespace Kdoctor.Core.Planning;

/// <summary>
/// What a request takes from objects of the cluster: its body and its TLS. A stored plan has only the objects' names, so the same work is done when a round
/// is planned and when it is taken up again by a controller that knows only the stored plan.
/// </summary>
public static class RequestMaterial
{
    /// <summary>The objects that a request needs.</summary>
    public static IEnumerable<ObjectReference> ReferencesOf(RequestPlan request) => request is HttpRequestPlan http
        ? new[] { http.BodyFrom, http.Tls?.From }.OfType<ObjectReference>()
        : [];

    /// <summary>The objects that any request of a plan needs.</summary>
    public static IReadOnlySet<ObjectReference> ReferencesOf(RoundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Targets.SelectMany(target => ReferencesOf(target.Request)).ToHashSet();
    }

    /// <summary>The plan with the content of the objects that its requests name.</summary>
    /// <param name="plan">As it was stored.</param>
    /// <param name="contents">What was read, at least of all that <see cref="ReferencesOf(RoundPlan)"/> names.</param>
    /// <param name="problem">Why a request cannot be made as planned; null when all can.</param>
    public static RoundPlan Restore(RoundPlan plan, IReadOnlyDictionary<ObjectReference, ObjectContent> contents, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string? found = null;
        var targets = plan.Targets.Select(target =>
        {
            var request = Fill(target.Request, contents, out var missing);
            found ??= missing;
            return target with { Request = request };
        });
        var restored = plan with { Targets = [.. targets] };
        problem = found;
        return restored;
    }

    /// <summary>A request with the content of the objects that it names.</summary>
    internal static RequestPlan Fill(RequestPlan request, IReadOnlyDictionary<ObjectReference, ObjectContent> contents, out string? problem)
    {
        problem = null;
        if (request is not HttpRequestPlan http)
            return request;
        if (http.BodyFrom is { } body)
            http = http with { Body = BodyContent.Read(body, ContentOf(body, contents), out problem) };
        if (problem is null && http.Tls is { From: { } secret } plain && TlsContent.Read(secret, ContentOf(secret, contents), out problem) is { } tls)
            http = http with { Tls = tls with { ServerName = plain.ServerName } };
        return http;
    }

    private static ObjectContent ContentOf(ObjectReference reference, IReadOnlyDictionary<ObjectReference, ObjectContent> contents) =>
        contents.TryGetValue(reference, out var content) ? content : ObjectContent.Unreadable($"{reference} was not read");
}
