using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>What an AppHttpHealthy reaches: one URL.</summary>
internal static class HttpTarget
{
    private const int FirstFinalStatus = 200;

    private static readonly FieldPath Section = FieldPath.Spec.Field("target");

    public static ImmutableArray<TargetQuery> Read(AppHttpHealthyTargetSpec target, int? statusCode, ProblemList problems)
    {
        var url = UrlOf(target, problems);
        var headers = HeadersOf(target, problems);
        if (statusCode < FirstFinalStatus)
        {
            problems.Add(
                FieldPath.Spec.Field("expect").Field("statusCode"),
                $"is {statusCode}, but an answer of 100 to 199 is never the last one, and no request could succeed (RFC 9110 section 15.2)",
                "write the code of the last answer, 200 to 599, or leave it out for any 2xx");
        }

        Pair(target.BodyConfigmapName, "bodyConfigmapName", target.BodyConfigmapNamespace, "bodyConfigmapNamespace", problems);
        Pair(target.TlsSecretName, "tlsSecretName", target.TlsSecretNamespace, "tlsSecretNamespace", problems);
        if (url is null || target.Method is null)
            return [];
        var request = HttpRequestPlan.To(url, target.Method, headers);
        return [new HttpQuery(
            url,
            request with
            {
                ExpectedStatus = statusCode,
                Http2 = target.Http2,
                KeepAlive = target.KeepAlive,
                BodyFrom = Reference(ObjectKind.ConfigMap, target.BodyConfigmapNamespace, target.BodyConfigmapName),
                Tls = request.Tls is { } tls ? tls with { From = Reference(ObjectKind.Secret, target.TlsSecretNamespace, target.TlsSecretName) } : null,
            },
            request.Tls is null && target.TlsSecretName is not null ? "the URL is http: there is no TLS, and the Secret that the task names is not read" : null)];
    }

    private static ObjectReference? Reference(ObjectKind kind, string? space, string? name) =>
        name is null || space is null ? null : new ObjectReference(kind, space, name);

    private static Uri? UrlOf(AppHttpHealthyTargetSpec target, ProblemList problems)
    {
        if (target.Host is null)
            return null;
        var url = TargetUrl.Parse(target.Host, out var problem, out var remedy);
        if (url is null)
            problems.Add(Section.Field("host"), problem, remedy);
        return url;
    }

    private static List<(string Name, string Value)> HeadersOf(AppHttpHealthyTargetSpec target, ProblemList problems)
    {
        var headers = new List<(string, string)>();
        for (var index = 0; index < (target.Header?.Count ?? 0); index++)
        {
            if (HeaderField.Parse(target.Header![index] ?? "", out var problem, out var remedy) is { } header)
                headers.Add(header);
            else
                problems.Add(Section.Field("header").Item(index), problem, remedy);
        }

        return headers;
    }

    /// <summary>A reference is a name and a namespace.</summary>
    private static void Pair(string? name, string nameField, string? space, string spaceField, ProblemList problems)
    {
        if (name is not null && space is null)
            problems.Add(Section.Field(spaceField), $"is missing, but {nameField} is given", $"add {spaceField}, or remove {nameField}");
        if (space is not null && name is null)
            problems.Add(Section.Field(nameField), $"is missing, but {spaceField} is given", $"add {nameField}, or remove {spaceField}");
        if (name is not null && !Names.IsSubdomain(name))
            problems.Add(Section.Field(nameField), $"is {ProblemWords.Quote(name)}, which is no name of a Kubernetes object", "write the object's name");
        if (space is not null && !Names.IsLabel(space))
            problems.Add(Section.Field(spaceField), $"is {ProblemWords.Quote(space)}, which is no name of a namespace", "write the namespace's name");
    }
}
