using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>What a deletion is tied to. The propagation policy is checked and accepted: this server collects no garbage.</summary>
internal sealed record DeleteOptions(bool IsDryRun, string? Uid, string? ResourceVersion)
{
    private static readonly string[] Policies = ["Foreground", "Background", "Orphan"];

    public static Attempt<DeleteOptions> Read(ApiRequest request, byte[] body)
    {
        var parsed = new JsonObject();
        if (body.Length > 0)
        {
            if (!RequestBody.ParseObject(body, RequestBody.MediaType(request.Http.Request), "DeleteOptions").Succeeded(out var given, out var wrong)) return wrong;
            parsed = given;
        }

        if (!WriteOptions.Read(request, "DeleteOptions").Succeeded(out var query, out var error)) return error;
        var policy = parsed.Text("propagationPolicy") ?? request.Query("propagationPolicy");
        if (policy is { Length: > 0 } && !Policies.Contains(policy))
            return WriteOptions.NotSupported("DeleteOptions", "propagationPolicy", $"\"{policy}\"", "\"Foreground\", \"Background\", \"Orphan\", \"nil\"");
        var isDryRun = query.IsDryRun;
        if (parsed["dryRun"] is { } dryRun)
        {
            if (dryRun is not JsonArray values || values.Any(value => value?.ToString() != "All"))
                return WriteOptions.NotSupported("DeleteOptions", "dryRun", dryRun.ToJsonString(), "\"All\"");
            isDryRun |= values.Count > 0;
        }

        var preconditions = parsed["preconditions"] as JsonObject;
        return new DeleteOptions(isDryRun, preconditions?.Text("uid"), preconditions?.Text("resourceVersion"));
    }
}
