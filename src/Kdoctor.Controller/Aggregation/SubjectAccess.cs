using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Security;
using Kdoctor.Controller.Objects;

namespace Kdoctor.Controller.Aggregation;

/// <summary>
/// Asks the API server whether somebody may do something: a SubjectAccessReview, so that the cluster's own roles decide. Answers are kept for ten
/// seconds, as API servers do among themselves.
/// </summary>
internal sealed class SubjectAccess(KubernetesObjects client, TimeProvider time) : IDisposable
{
    /// <summary>How many answers are kept; when there are more, the older ones are forgotten.</summary>
    public const int MaxKept = 4096;

    private const string Path = "apis/authorization.k8s.io/v1/subjectaccessreviews";
    private const string Masters = "system:masters";
    private const int MaxAsking = 32;

    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim asking = new(MaxAsking);
    private readonly Dictionary<string, (DateTimeOffset Until, string? Why)> kept = new(StringComparer.Ordinal);

    /// <summary>Whether the caller may do it: null, or why not.</summary>
    /// <exception cref="ApiServerException">The server refused to say, or did not answer.</exception>
    public async ValueTask<string?> AuthorizeAsync(AccessRequest request, CancellationToken cancellation)
    {
        // Whom the API server itself lets do everything without asking; its own checks of this API come so.
        if (request.Caller.Groups.Contains(Masters))
            return null;
        var spec = SpecOf(request);
        var key = spec.ToJsonString();
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (kept.TryGetValue(key, out var known) && known.Until > now)
                return known.Why;
        }

        await asking.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var why = await AskAsync(spec, cancellation).ConfigureAwait(false);
            Remember(key, time.GetUtcNow(), why);
            return why;
        }
        finally
        {
            asking.Release();
        }
    }

    public void Dispose() => asking.Dispose();

    private async Task<string?> AskAsync(JsonObject spec, CancellationToken cancellation)
    {
        var review = new JsonObject { ["apiVersion"] = "authorization.k8s.io/v1", ["kind"] = "SubjectAccessReview", ["spec"] = spec };
        var status = (await client.SendAsync(HttpMethod.Post, Path, review, cancellation).ConfigureAwait(false))["status"];
        return status?["allowed"]?.GetValue<bool>() is true ? null : status?["reason"]?.GetValue<string>() ?? "";
    }

    private void Remember(string key, DateTimeOffset now, string? why)
    {
        lock (gate)
        {
            if (kept.Count >= MaxKept)
            {
                foreach (var (old, _) in kept.OrderBy(entry => entry.Value.Until).Take(MaxKept / 2).ToList())
                    kept.Remove(old);
            }
            kept[key] = (now + Keep, why);
        }
    }

    private static JsonObject SpecOf(AccessRequest request)
    {
        var spec = new JsonObject { ["user"] = request.Caller.Name, ["groups"] = Texts(request.Caller.Groups) };
        if (request.Caller.Uid is { } uid)
            spec["uid"] = uid;
        if (request.Caller.Extra.Count > 0)
            spec["extra"] = new JsonObject(request.Caller.Extra.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, Texts(entry.Value))));
        if (request.Resource is null)
        {
            spec["nonResourceAttributes"] = new JsonObject { ["path"] = request.Path, ["verb"] = request.Verb };
            return spec;
        }
        var attributes = new JsonObject { ["verb"] = request.Verb, ["group"] = request.Group, ["version"] = request.Version, ["resource"] = request.Resource };
        foreach (var (field, value) in new[] { ("subresource", request.Subresource), ("namespace", request.Namespace), ("name", request.Name) })
        {
            if (value is not null)
                attributes[field] = value;
        }
        spec["resourceAttributes"] = attributes;
        return spec;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
