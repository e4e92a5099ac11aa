using System.Text.Json.Nodes;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.ClusterTests.Access;

/// <summary>Tokens of the installation's service accounts, as the API server gives them out.</summary>
internal static class ServiceAccountTokens
{
    /// <summary>A token of an account of the installation's namespace, bound to no pod.</summary>
    /// <param name="kubectl">Where.</param>
    /// <param name="account">The account.</param>
    /// <param name="audience">Whom it is for; null for the API server.</param>
    public static async Task<string> RequestAsync(Kubectl kubectl, string account, string? audience)
    {
        var request = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = audience is null ? new JsonObject() : new JsonObject { ["audiences"] = new JsonArray(audience) },
        };
        var answer = await kubectl.RunWithInputAsync(
            request.ToJsonString(), "create", "--raw", $"/api/v1/namespaces/{InstalledCluster.Namespace}/serviceaccounts/{account}/token", "-f", "-");
        Assert.True(answer.ExitCode == 0, answer.All);
        return JsonNode.Parse(answer.Output)!["status"]!["token"]!.ToString();
    }
}
