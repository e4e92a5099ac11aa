using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;

namespace Kdoctor.Controller.Sessions;

/// <summary>Token reviews of a real API server.</summary>
internal sealed class KubernetesTokenReviews(KubernetesObjects objects) : ITokenReviews
{
    private const string PodUidExtra = "authentication.kubernetes.io/pod-uid";

    public async Task<TokenReview> ReviewAsync(string token, string audience, CancellationToken cancellation)
    {
        var review = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenReview",
            ["spec"] = new JsonObject { ["token"] = token, ["audiences"] = new JsonArray(audience) },
        };
        var answer = await objects.SendAsync(HttpMethod.Post, "apis/authentication.k8s.io/v1/tokenreviews", review, cancellation).ConfigureAwait(false);
        var status = answer["status"] as JsonObject;
        var user = status?["user"];
        return new TokenReview(
            status?["authenticated"]?.GetValue<bool>() ?? false,
            user?["username"]?.GetValue<string>() ?? "",
            [.. (status?["audiences"] as JsonArray ?? []).Select(known => known?.GetValue<string>() ?? "")],
            (user?["extra"]?[PodUidExtra] as JsonArray)?.FirstOrDefault()?.GetValue<string>());
    }
}
