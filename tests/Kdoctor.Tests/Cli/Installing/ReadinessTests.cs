using System.Text.Json.Nodes;
using k8s;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Cli.Cluster;
using Kdoctor.Cli.Installing;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.ApiServer;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>What an installer takes for ready, read from an API server over real sockets.</summary>
public sealed class ReadinessTests : IAsyncLifetime
{
    private const string Space = "kdoctor";

    private readonly SqliteObjectStore store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
    private LoopbackApi api = null!;
    private ApiConnection connection = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var kinds = new[]
        {
            Kind("apps", "Deployment", "deployments"), Kind("apps", "DaemonSet", "daemonsets"), Kind("", "Pod", "pods"), WellKnownResources.Event, WellKnownResources.Lease,
            Kind("apiregistration.k8s.io", "APIService", "apiservices") with { Scope = ResourceScope.Cluster },
        };
        api = await LoopbackApi.StartAsync([.. kinds.Select(kind => new ApiResource(kind, store.Resource(kind)))], Clock.Real);
        connection = new ApiConnection(KubernetesClientConfiguration.BuildConfigFromConfigFile(api.Kubeconfig));
        await CreateAsync("apis/apps/v1/namespaces/kdoctor/daemonsets", "apps/v1", "DaemonSet", ClusterNames.Agent, """
            "status": {"observedGeneration": 1, "updatedNumberScheduled": 3, "numberReady": 3, "desiredNumberScheduled": 3}
            """);
        await CreateAsync("apis/apiregistration.k8s.io/v1/apiservices", "apiregistration.k8s.io/v1", "APIService", "v1beta1.system.kdoctor.io", """
            "status": {"conditions": [{"type": "Available", "status": "True"}]}
            """);
        await CreateAsync("api/v1/namespaces/kdoctor/pods", "v1", "Pod", "controller-new", "\"status\": {}");
    }

    public async ValueTask DisposeAsync()
    {
        connection.Dispose();
        await api.DisposeAsync();
        store.Dispose();
    }

    [Theory]
    [InlineData("controller-new", "3", 3)]
    [InlineData("controller-new", "2", 2)]
    [InlineData("controller-new", "", null)]
    [InlineData("controller-old", "3", null)]
    public async Task It_is_whole_only_when_the_controller_that_is_there_says_that_every_agent_is_connected(string holder, string told, int? connected)
    {
        await DeployAsync(replicas: 1, updated: 1);
        await LeaseAsync(holder, told);

        var seen = await ReadAsync();

        Assert.Equal((connected, connected == 3, true), (seen.Connected, seen.Whole, seen.Enough));
        Assert.Equal(connected == 3, seen.Troubles.IsEmpty);
        Assert.All(seen.Troubles, trouble => Assert.Contains("not connected to the controller", trouble, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_lease_it_is_enough_and_not_whole()
    {
        await DeployAsync(replicas: 1, updated: 1);
        var seen = await ReadAsync();
        Assert.Equal((null, false, true), (seen.Connected, seen.Whole, seen.Enough));
    }

    [Fact]
    public async Task While_a_controller_of_an_earlier_installation_is_there_it_is_not_ready_for_it_may_lead()
    {
        await DeployAsync(replicas: 2, updated: 1);
        await LeaseAsync("controller-new", "3");
        var seen = await ReadAsync();
        Assert.Equal((false, false, new Share(1, 1)), (seen.Whole, seen.Enough, seen.Controllers));
        Assert.Contains("a controller of the earlier installation is still there", seen.Troubles);
    }

    private static ResourceDefinition Kind(string group, string kind, string plural) =>
        WellKnownResources.Secret with { Group = group, Version = "v1", Kind = kind, Plural = plural, Singular = kind.ToLowerInvariant(), ShortNames = [] };

    private Task<Readiness> ReadAsync() => new ReadinessReader(new ClusterObjects(connection), Space).ReadAsync(Cancellation);

    private Task DeployAsync(int replicas, int updated) => CreateAsync("apis/apps/v1/namespaces/kdoctor/deployments", "apps/v1", "Deployment", ClusterNames.Controller, $$"""
        "spec": {"replicas": 1}, "status": {"observedGeneration": 1, "replicas": {{replicas}}, "updatedReplicas": {{updated}}, "availableReplicas": {{updated}} }
        """);

    private Task LeaseAsync(string holder, string connected) => CreateAsync(
        "apis/coordination.k8s.io/v1/namespaces/kdoctor/leases", "coordination.k8s.io/v1", "Lease", ClusterNames.Controller, $$"""
        "spec": {"holderIdentity": "{{holder}}"}
        """, $$""", "annotations": {"{{ClusterNames.ConnectedAgentsAnnotation}}": "{{connected}}"}""");

    private async Task CreateAsync(string path, string version, string kind, string name, string rest, string metadata = "")
    {
        var labels = $$"""{"{{ClusterNames.PartOfLabel}}": "{{ClusterNames.PartOf}}", "{{ClusterNames.NameLabel}}": "{{ClusterNames.Controller}}"}""";
        await connection.SendAsync(
            HttpMethod.Post, path, JsonNode.Parse($$"""{"apiVersion": "{{version}}", "kind": "{{kind}}", "metadata": {"name": "{{name}}", "labels": {{labels}}{{metadata}} }, {{rest}} }"""), Cancellation);
    }
}
