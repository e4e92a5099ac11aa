using System.Text.Json.Nodes;
using k8s;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Controller.Objects;
using Kdoctor.TestKit.ApiServer;

namespace Kdoctor.Tests.Controller.Objects;

/// <summary>A cluster's API server, as far as the controller's serving needs one: our own, with those resources, behind a real socket.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    public const string Namespace = "kdoctor";

    private readonly SqliteObjectStore store;
    private readonly LoopbackApi api;
    private readonly Kubernetes kubernetes;

    private FakeCluster(SqliteObjectStore store, LoopbackApi api)
    {
        (this.store, this.api) = (store, api);
        kubernetes = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(api.Kubeconfig), new Reviewer(this));
        Objects = new KubernetesObjects(kubernetes, Clock.Real);
    }

    public static ObjectPlace ApiService { get; } = new("apis/apiregistration.k8s.io/v1/apiservices", "v1beta1.system.kdoctor.io");

    public static ObjectPlace Webhook { get; } = new("apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "kdoctor-controller");

    public static ObjectPlace Trust { get; } = new($"api/v1/namespaces/{Namespace}/configmaps", "kdoctor-controller-ca");

    public static ObjectPlace Tls { get; } = new($"api/v1/namespaces/{Namespace}/secrets", "kdoctor-controller-tls");

    /// <summary>Who talks to it, with every right.</summary>
    public KubernetesObjects Objects { get; }

    /// <summary>What it is asked about accesses, in order; and what it answers.</summary>
    public List<JsonObject> Reviews { get; } = [];

    public Func<JsonObject, bool> Allows { get; set; } = _ => true;

    public static async Task<FakeCluster> StartAsync()
    {
        var store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
        var api = await LoopbackApi.StartAsync(
            [
                .. new[]
                {
                    WellKnownResources.Secret, WellKnownResources.ConfigMap, WellKnownResources.Service, WellKnownResources.Event,
                    Definition("apiregistration.k8s.io", "APIService", "apiservices"),
                    Definition("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
                }.Select(definition => new ApiResource(definition, store.Resource(definition))),
            ],
            Clock.Real);
        return new FakeCluster(store, api);
    }

    public Task<JsonObject> CreateAsync(ObjectPlace place, string kind, string rest) => Objects.SendAsync(
        HttpMethod.Post,
        place.Collection,
        JsonNode.Parse($$"""{"apiVersion":"{{VersionOf(place)}}","kind":"{{kind}}","metadata":{"name":"{{place.Name}}"},{{rest}}}"""),
        default);

    /// <summary>The object, as soon as it is as wanted.</summary>
    public async Task<JsonObject> UntilAsync(ObjectPlace place, Func<JsonObject, bool> wanted)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        JsonObject? last = null;
        try
        {
            var list = await Objects.ListAsync(place.Collection, null, guard.Token, place.Fields);
            if ((last = list.Items.Count > 0 ? list.Items[0] : null) is not null && wanted(last))
                return last;
            await foreach (var change in Objects.WatchAsync(place.Collection, null, list.ResourceVersion, guard.Token, place.Fields))
            {
                last = change.Object;
                if (change.Kind == ObjectChangeKind.Stored && wanted(last))
                    return last;
            }
        }
        catch (OperationCanceledException)
        {
            // Told below, with what was seen last.
        }
        throw new InvalidOperationException($"{place} did not become as wanted; it is {last?.ToJsonString() ?? "not there"}");
    }

    public async ValueTask DisposeAsync()
    {
        kubernetes.Dispose();
        await api.DisposeAsync();
        store.Dispose();
    }

    private static string VersionOf(ObjectPlace place) => place.Collection.Split('/') is ["apis", var group, var version, ..] ? $"{group}/{version}" : "v1";

    private static ResourceDefinition Definition(string group, string kind, string plural) => new()
    {
        Group = group,
        Version = "v1",
        Kind = kind,
        Plural = plural,
        Singular = kind.ToLowerInvariant(),
        Scope = ResourceScope.Cluster,
        Schema = WellKnownResources.Secret.Schema,
    };

    // A review is asked like an object is created, but it is none: it has no name and is not stored.
    private sealed class Reviewer(FakeCluster cluster) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath != "/apis/authorization.k8s.io/v1/subjectaccessreviews")
                return await base.SendAsync(request, cancellationToken);
            var review = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
            var asked = review["spec"]!.DeepClone().AsObject();
            lock (cluster.Reviews)
                cluster.Reviews.Add(asked);
            review["status"] = cluster.Allows(asked)
                ? new JsonObject { ["allowed"] = true }
                : new JsonObject { ["allowed"] = false, ["reason"] = "no role says so" };
            return new HttpResponseMessage(System.Net.HttpStatusCode.Created) { Content = new StringContent(review.ToJsonString()) };
        }
    }
}
