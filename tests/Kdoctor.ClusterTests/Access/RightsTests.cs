using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using k8s;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.ClusterTests.Access;

/// <summary>Users see what their rights allow, and an agent's account allows nothing.</summary>
[Collection(InstalledTurns.Name)]
public sealed class RightsTests(InstalledCluster cluster)
{
    [Theory]
    [InlineData("get", "kdoctorreports")]
    [InlineData("get", "netreaches")]
    [InlineData("get", "apphttphealthies")]
    [InlineData("get", "netdnses")]
    [InlineData("delete", "netreaches", "--all")]
    public async Task A_user_without_rights_is_refused(params string[] arguments)
    {
        var refused = await cluster.Kubectl.RunAsync([.. arguments, "--as", "stranger", "--as-group", "system:authenticated"]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Forbidden", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_read_reports_reads_them_and_still_no_tasks()
    {
        var kubectl = cluster.Kubectl;
        Assert.Equal(0, (await kubectl.RunAsync("create", "clusterrole", "kdoctor-test-reader", "--verb=get,list,watch", "--resource=kdoctorreports.system.kdoctor.io")).ExitCode);
        try
        {
            Assert.Equal(0, (await kubectl.RunAsync("create", "clusterrolebinding", "kdoctor-test-reader", "--clusterrole=kdoctor-test-reader", "--user=reader")).ExitCode);
            var read = await Waiting.UntilAsync(
                "the new right is known", () => kubectl.RunAsync("get", "kdoctorreports", "--as", "reader", "--as-group", "system:authenticated"), result => result.ExitCode == 0);
            Assert.Equal(0, read.ExitCode);
            Assert.Contains("Forbidden", (await kubectl.RunAsync("get", "netreaches", "--as", "reader", "--as-group", "system:authenticated")).Error, StringComparison.Ordinal);
        }
        finally
        {
            await kubectl.RunAsync("delete", "clusterrolebinding,clusterrole", "kdoctor-test-reader", "--ignore-not-found");
        }
    }

    [Fact]
    public async Task An_agents_token_reads_not_one_object_of_the_API()
    {
        var settings = KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig);
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(settings.Host) };

        // 1. The token that agents hold is for the controller: the API server does not know its bearer at all.
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await ServiceAccountTokens.RequestAsync(cluster.Kubectl, ClusterNames.Agent, ClusterNames.TokenAudience));
        using (var held = await client.GetAsync(new Uri("/api/v1/pods", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.Unauthorized, held.StatusCode);

        // 2. Even a token for the API server, which no agent has, would not be allowed to list anything.
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await ServiceAccountTokens.RequestAsync(cluster.Kubectl, ClusterNames.Agent, null));
        var paths = await ListsAsync();
        Assert.True(paths.Count > 20, string.Join(' ', paths));
        foreach (var path in paths)
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{path}: {answer.StatusCode}");
        }
    }

    // Every collection of the cluster that can be listed.
    private async Task<IReadOnlyList<string>> ListsAsync()
    {
        var groups = JsonNode.Parse((await cluster.Kubectl.RunAsync("get", "--raw", "/apis")).Output)!["groups"]!.AsArray();
        string[] roots = ["/api/v1", .. groups.Select(group => $"/apis/{group!["preferredVersion"]!["groupVersion"]}")];
        var lists = new List<string>();
        foreach (var root in roots)
        {
            var resources = JsonNode.Parse((await cluster.Kubectl.RunAsync("get", "--raw", root)).Output)!["resources"]!.AsArray();
            lists.AddRange(resources.Where(resource => resource!["verbs"]!.AsArray().Any(verb => verb!.ToString() == "list")).Select(resource => $"{root}/{resource!["name"]}"));
        }
        return lists;
    }
}
