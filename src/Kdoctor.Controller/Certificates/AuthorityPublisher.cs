using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Reports;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Certificates;

/// <summary>
/// Makes the authorities known where callers look for them, and keeps them known when somebody overwrites them: the ConfigMap that agents mount, the
/// APIService, the webhook's configuration. What is not there is written once it is; the ConfigMap is made.
/// </summary>
internal sealed partial class AuthorityPublisher : IDisposable
{
    private const string AuthorityKey = "ca.crt";

    // Whoever writes something else all the time is answered, but not more often than this.
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    private readonly KubernetesObjects client;
    private readonly CertificateKeeper keeper;
    private readonly string ns;
    private readonly TimeProvider time;
    private readonly ILogger<AuthorityPublisher> logger;
    private readonly ObjectPlace configMap;
    private readonly ObjectPlace apiService = new("apis/apiregistration.k8s.io/v1/apiservices", $"{KdoctorReport.Version}.{KdoctorReport.Group}");
    private readonly ObjectPlace webhook = new("apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", ClusterNames.Controller);
    private readonly ObjectFollower[] followers;
    private readonly ConcurrentDictionary<ObjectPlace, DateTimeOffset> written = new();

    public AuthorityPublisher(KubernetesObjects client, CertificateKeeper keeper, string ns, TimeProvider time, Random random, ILoggerFactory logs)
    {
        (this.client, this.keeper, this.ns, this.time) = (client, keeper, ns, time);
        logger = logs.CreateLogger<AuthorityPublisher>();
        configMap = new ObjectPlace($"api/v1/namespaces/{ns}/configmaps", ClusterNames.AuthorityConfigMap);
        ObjectFollower Follow(ObjectPlace place, Func<JsonObject?, CancellationToken, Task> changed) =>
            new(client, place, changed, time, random, logs.CreateLogger<ObjectFollower>());
        followers = [Follow(configMap, ConfigMapAsync), Follow(apiService, ApiServiceAsync), Follow(webhook, WebhookAsync)];
        keeper.TrustChanged += Nudge;
    }

    /// <summary>Completes once agents can know the authorities.</summary>
    public Task KnownToAgents => followers[0].Told;

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(followers.Select(follower => follower.RunAsync(cancellation)));

    public void Dispose() => keeper.TrustChanged -= Nudge;

    private void Nudge()
    {
        foreach (var follower in followers)
            follower.Nudge();
    }

    private Task ConfigMapAsync(JsonObject? found, CancellationToken cancellation)
    {
        JsonObject Data() => new() { [AuthorityKey] = keeper.Trust };
        return WriteAsync(
            configMap,
            () => found?["data"]?[AuthorityKey]?.GetValue<string>() == keeper.Trust,
            () => found is null
                ? client.ApplyAsync(configMap, ConfigMap(Data()), cancellation)
                : client.MergeAsync(configMap.Path, new JsonObject { ["data"] = Data() }, cancellation),
            cancellation);
    }

    private Task ApiServiceAsync(JsonObject? found, CancellationToken cancellation)
    {
        // While an installer has not made it, there is nothing to tell.
        if (found?["spec"] is not JsonObject spec)
            return Task.CompletedTask;
        return WriteAsync(
            apiService,
            () => spec["caBundle"]?.GetValue<string>() == Bundle && spec["insecureSkipTLSVerify"]?.GetValue<bool>() is not true,
            () => client.MergeAsync(
                apiService.Path, new JsonObject { ["spec"] = new JsonObject { ["caBundle"] = Bundle, ["insecureSkipTLSVerify"] = null } }, cancellation),
            cancellation);
    }

    private Task WebhookAsync(JsonObject? found, CancellationToken cancellation)
    {
        var hooks = (found?["webhooks"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var version = found is null ? null : ObjectPlace.VersionOf(found);
        return WriteAsync(
            webhook,
            () => hooks.All(hook => hook["clientConfig"]?["caBundle"]?.GetValue<string>() == Bundle),
            () => client.PatchAsync(
                webhook.Path,
                [
                    // The places in the list are those of this version only.
                    Operation("test", "/metadata/resourceVersion", version ?? ""),
                    .. Enumerable.Range(0, hooks.Count).Select(index => Operation("add", $"/webhooks/{index}/clientConfig/caBundle", Bundle)),
                ],
                cancellation),
            cancellation);
    }

    private string Bundle => Convert.ToBase64String(Encoding.ASCII.GetBytes(keeper.Trust));

    private async Task WriteAsync(ObjectPlace place, Func<bool> isRight, Func<Task> write, CancellationToken cancellation)
    {
        await keeper.InPlace.WaitAsync(cancellation).ConfigureAwait(false);
        if (isRight())
            return;

        // Another replica may have written by a newer Secret than this one has seen.
        await keeper.RefreshAsync(cancellation).ConfigureAwait(false);
        if (isRight())
            return;
        if (written.TryGetValue(place, out var last) && last + WriteEvery - time.GetUtcNow() is { Ticks: > 0 } pause)
            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        await write().ConfigureAwait(false);
        written[place] = time.GetUtcNow();
        LogPublished(place);
    }

    private JsonObject ConfigMap(JsonObject data) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject
        {
            ["name"] = configMap.Name,
            ["namespace"] = ns,
            ["labels"] = new JsonObject { [ClusterNames.PartOfLabel] = ClusterNames.PartOf },
        },
        ["data"] = data,
    };

    private static JsonObject Operation(string operation, string path, string value) => new() { ["op"] = operation, ["path"] = path, ["value"] = value };

    [LoggerMessage(Level = LogLevel.Information, Message = "The authorities were written to {Place}")]
    private partial void LogPublished(ObjectPlace place);
}
