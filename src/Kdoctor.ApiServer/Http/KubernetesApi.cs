using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Discovery;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.OpenApi;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kdoctor.ApiServer.Http;

/// <summary>A Kubernetes-style API over a fixed set of resources: <c>app.Run(api.HandleAsync)</c>.</summary>
/// <remarks>
/// A request goes through these steps:
/// 1. health and version answer anybody;
/// 2. everybody else must be known, and allowed to do what the request says;
/// 3. discovery and OpenAPI are documents;
/// 4. the rest is a verb on a resource.
/// Whatever fails ends as a <c>metav1.Status</c>.
/// </remarks>
public sealed partial class KubernetesApi
{
    private readonly KubernetesApiOptions options;
    private readonly IRequestAuthenticator authenticator;
    private readonly Authorization? authorization;
    private readonly ILogger logger;
    private readonly DiscoveryPaths discovery;
    private readonly OpenApiPaths openApi;
    private readonly ResourceVerbs verbs;
    private readonly Dictionary<(string Group, string Version, string Plural), ApiResource> resources;

    /// <param name="options">Limits and identity.</param>
    /// <param name="resources">What is served.</param>
    /// <param name="authenticator">Who may come in.</param>
    /// <param name="sources">Where time, chance and identity come from.</param>
    /// <param name="logger">For surprises; expected failures are told to the client only.</param>
    /// <param name="authorization">Who may do what; null lets every known caller do everything.</param>
    /// <exception cref="ArgumentException">The options or the resources are wrong; every problem of the options is named.</exception>
    public KubernetesApi(
        KubernetesApiOptions options,
        IReadOnlyList<ApiResource> resources,
        IRequestAuthenticator authenticator,
        ApiSources sources,
        ILogger<KubernetesApi> logger,
        Authorization? authorization = null)
    {
        if (options.Problems() is { Count: > 0 } problems) throw new ArgumentException(string.Join("; ", problems));
        (this.options, this.authenticator, this.authorization, this.logger) = (options, authenticator, authorization, logger);
        this.resources = resources.ToDictionary(resource => (resource.Definition.Group, resource.Definition.Version, resource.Definition.Plural));
        discovery = new DiscoveryPaths(resources);
        openApi = new OpenApiPaths(resources, options.GitVersion);
        verbs = new ResourceVerbs(options, resources, sources);
    }

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var answer = await AnswerAsync(context).ConfigureAwait(false);
            if (answer is not null) await SendAsync(context, answer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // The client left or its connection broke; nobody waits for an answer. The store has exceptions of its own.
            context.Abort();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogSurprise(this.logger, e, context.Request.Method, context.Request.Path);
            if (context.Response.HasStarted) context.Abort();
            else await SendAsync(context, Failure(ApiErrors.Internal("see the server's log"))).ConfigureAwait(false);
        }
    }

    /// <summary>The answer; null when it has been streamed already.</summary>
    private async ValueTask<ApiReply?> AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";

        // 1.
        if (path is "/healthz" or "/livez" or "/readyz") return new ApiReply(200, "ok"u8.ToArray(), "text/plain; charset=utf-8");
        if (path == "/version") return ApiReply.Json(Version());

        // 2.
        var caller = await this.authenticator.AuthenticateAsync(context, context.RequestAborted).ConfigureAwait(false);
        if (caller is null) return Failure(ApiErrors.Unauthorized());
        var resourcePath = ResourcePath.Parse(path);
        var access = AccessOf(context.Request, caller, resourcePath);
        if (this.authorization is not null && await this.authorization(access, context.RequestAborted).ConfigureAwait(false) is { } why)
            return Failure(Forbidden(access, why));

        // 3.
        if (resourcePath is null) return Document(context.Request, path) ?? Failure(ApiErrors.NoSuchPath());

        // 4.
        if (!this.resources.TryGetValue((resourcePath.Group, resourcePath.Version, resourcePath.Plural), out var resource))
            return Failure(ApiErrors.NoSuchPath());
        if (!Negotiation.Choose(context.Request.Headers.Accept).Succeeded(out var form, out var notAcceptable)) return Failure(notAcceptable);
        var request = new ApiRequest(context, resource, resourcePath, caller, form);
        if (access.Verb == "watch") return await verbs.WatchAsync(request).ConfigureAwait(false) is { } failed ? Failure(failed) : null;
        return (await verbs.RunAsync(request).ConfigureAwait(false)).Succeeded(out var reply, out var error) ? reply : Failure(error);
    }

    private ApiReply? Document(HttpRequest request, string path)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return null;
        return discovery.Find(path, request.Headers.Accept) ?? openApi.Find(path, request.Headers.Accept);
    }

    private static AccessRequest AccessOf(HttpRequest request, Caller caller, ResourcePath? path)
    {
        if (path is null) return new AccessRequest(caller, request.Method.ToLowerInvariant(), request.Path);
        var isWatch = request.Query.TryGetValue("watch", out var watch) && watch[^1] is not ("false" or "0");
        var verb = request.Method switch
        {
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => path.Name is null ? "deletecollection" : "delete",
            _ when path.Name is null && isWatch => "watch",
            _ => path.Name is null ? "list" : "get",
        };
        return new AccessRequest(caller, verb, request.Path)
        {
            Group = path.Group,
            Version = path.Version,
            Resource = path.Plural,
            Subresource = path.Subresource,
            Namespace = path.Namespace,
            Name = path.Name,
        };
    }

    private static ApiError Forbidden(AccessRequest access, string why)
    {
        var reason = why.Length == 0 ? "" : ": " + why;
        if (access.Resource is null)
            return ApiErrors.Forbidden($"forbidden: User \"{access.Caller.Name}\" cannot {access.Verb} path \"{access.Path}\"{reason}");
        var resource = access.Group!.Length == 0 ? access.Resource : $"{access.Resource}.{access.Group}";
        var name = access.Name is null ? "" : $" \"{access.Name}\"";
        var plural = access.Subresource is null ? access.Resource : $"{access.Resource}/{access.Subresource}";
        var where = access.Namespace is null ? "at the cluster scope" : $"in the namespace \"{access.Namespace}\"";
        var message = $"{resource}{name} is forbidden: User \"{access.Caller.Name}\" cannot {access.Verb} resource \"{plural}\" in API group \"{access.Group}\" {where}{reason}";
        return ApiErrors.Forbidden(message) with { Name = access.Name, Group = access.Group, Kind = access.Resource };
    }

    private JsonObject Version()
    {
        var parts = this.options.GitVersion.TrimStart('v').Split('.', '+', '-');
        return new JsonObject
        {
            ["major"] = parts[0],
            ["minor"] = parts.ElementAtOrDefault(1) ?? "",
            ["gitVersion"] = this.options.GitVersion,
            ["gitCommit"] = "",
            ["gitTreeState"] = "",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "",
            ["compiler"] = "",
            ["platform"] = "",
        };
    }

    private static ApiReply Failure(ApiError error) => ApiReply.Json(error.ToStatus(), error.Code) with { RetryAfterSeconds = error.RetryAfterSeconds };

    private static async Task SendAsync(HttpContext context, ApiReply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Code;
        response.ContentType = reply.ContentType;
        response.ContentLength = reply.Body.Length;
        response.Headers.CacheControl = "no-cache, private";
        response.Headers.XContentTypeOptions = "nosniff";
        foreach (var warning in reply.WarningHeaders) response.Headers.Append("Warning", warning);
        if (reply.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await response.Body.WriteAsync(reply.Body, context.RequestAborted).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogSurprise(ILogger logger, Exception exception, string method, string path);
}
