using System.Text.Json.Nodes;
using Kdoctor.Cli.Installing;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.ApiServer;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>Installing where the API server has no server-side apply: by creating and merging.</summary>
public sealed class PlainServerTests : IAsyncLifetime
{
    private static readonly ObjectKind ConfigMaps = ObjectKind.All.Single(kind => kind.Kind == "ConfigMap");
    private static readonly ObjectKind Webhooks = ObjectKind.All.Single(kind => kind.Kind == "ValidatingWebhookConfiguration");

    private PlainCluster cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cluster = await PlainCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Every_object_is_made_and_a_second_installation_changes_none()
    {
        var first = await cluster.InstallAsync();
        Assert.Equal(0, first.ExitCode);
        Assert.All(Lines(first), line => Assert.EndsWith(" created", line, StringComparison.Ordinal));
        Assert.Equal(DryRun.Of("--ip-families", "dual").Count, Lines(first).Length);

        var second = await cluster.InstallAsync();
        Assert.All(Lines(second), line => Assert.EndsWith(" unchanged", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_an_earlier_installation_chose_and_this_one_does_not_is_gone()
    {
        await cluster.InstallAsync("--host-network", "--storage", "1Gi", "--network-policies", "--allow-secrets-in", "shop");
        var said = Lines(await cluster.InstallAsync());

        var pod = (await FindAsync("DaemonSet", ClusterNames.Agent))["spec"]!["template"]!["spec"]!.AsObject();
        Assert.False(pod.ContainsKey("hostNetwork"));
        Assert.False(pod.ContainsKey("dnsPolicy"));
        Assert.DoesNotContain("persistentVolumeClaim", (await FindAsync("Deployment", ClusterNames.Controller)).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(
            [
                "networkpolicy/kdoctor-agent in kdoctor", "networkpolicy/kdoctor-controller in kdoctor",
                "role/kdoctor-controller-secrets in shop", "rolebinding/kdoctor-controller-secrets in shop",
            ],
            said.Where(line => line.Contains(" removed", StringComparison.Ordinal)).Select(line => line.Split(" removed")[0]).Order(StringComparer.Ordinal));
        Assert.NotNull(await FindAsync("PersistentVolumeClaim", ClusterNames.Controller));
    }

    [Fact]
    public async Task An_object_of_another_name_takes_the_place_of_the_older_one_and_users_objects_stay()
    {
        await cluster.InstallAsync();
        await cluster.Objects.ApplyAsync(ConfigMap("kdoctor-settings-of-old", ClusterNames.PartOf), Cancellation);
        await cluster.Objects.ApplyAsync(ConfigMap("kdoctor-of-somebody", "shop"), Cancellation);

        Assert.Contains("configmap/kdoctor-settings-of-old in kdoctor removed: this version has no such object", Lines(await cluster.InstallAsync()));
        Assert.NotNull(await FindAsync("ConfigMap", "kdoctor-of-somebody"));
    }

    [Fact]
    public async Task What_the_controller_wrote_into_the_objects_stays()
    {
        await cluster.InstallAsync();
        var webhook = await FindAsync("ValidatingWebhookConfiguration", ClusterNames.Controller);
        webhook["webhooks"]![0]!["clientConfig"]!["caBundle"] = "bGV0IG1lIGlu";
        await cluster.Objects.ApplyAsync(Filled(webhook), Cancellation);
        await cluster.Objects.ApplyAsync(ConfigMap(ClusterNames.AuthorityConfigMap, ClusterNames.PartOf, ("ca.crt", "an authority")), Cancellation);

        await cluster.InstallAsync();

        Assert.Equal("bGV0IG1lIGlu", (await FindAsync("ValidatingWebhookConfiguration", ClusterNames.Controller))["webhooks"]![0]!["clientConfig"]!["caBundle"]!.ToString());
    }

    [Fact]
    public async Task What_is_slow_to_go_is_named_while_its_end_is_waited_for()
    {
        await cluster.InstallAsync();
        var slow = ConfigMap("kdoctor-slow", ClusterNames.PartOf);
        slow["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        await cluster.Objects.ApplyAsync(slow, Cancellation);
        var lines = new List<string>();
        var waited = new TaskCompletionSource();
        var uninstaller = new Uninstaller(cluster.Objects, ClusterNames.Namespace, purge: false, Clock.Real, line =>
        {
            lines.Add(line);
            if (line.StartsWith("waiting: ", StringComparison.Ordinal))
                waited.TrySetResult();
        });

        var ending = uninstaller.RunAsync(TimeSpan.FromMinutes(2), Cancellation);
        await waited.Task.WaitAsync(Cancellation);
        await cluster.ReleaseAsync("kdoctor-slow", Cancellation);

        Assert.True(await ending);
        Assert.Single(lines, "waiting: configmap/kdoctor-slow in kdoctor (it waits for example.com/hold) is not gone yet");
        Assert.DoesNotContain(lines, line => line.StartsWith("still there", StringComparison.Ordinal));
    }

    [Fact]
    public void A_merge_leaves_alone_what_others_set_and_an_annotation_that_somebody_spoiled()
    {
        var before = Object("""{"metadata":{"name":"a"},"spec":{"ours":1,"gone":{"x":1},"map":{"kept":1,"gone":2}}}""");
        var there = AppliedFields.Remembering(before);
        there["spec"]!["theirs"] = 5;
        var wanted = Object("""{"metadata":{"name":"a"},"spec":{"ours":2,"map":{"kept":1}}}""");

        var patch = AppliedFields.Patch(there, wanted);
        Assert.Equal("""{"ours":2,"map":{"kept":1,"gone":null},"gone":null}""", patch["spec"]!.ToJsonString());

        there["metadata"]!["annotations"]![AppliedFields.Annotation] = "{";
        Assert.Equal("""{"ours":2,"map":{"kept":1}}""", AppliedFields.Patch(there, wanted)["spec"]!.ToJsonString());
    }

    private static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();

    private static string[] Lines(CliRun run) => run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static JsonObject ConfigMap(string name, string partOf, params (string Key, string Value)[] data) => new()
    {
        ["apiVersion"] = ConfigMaps.ApiVersion,
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ClusterNames.Namespace, ["labels"] = new JsonObject { [ClusterNames.PartOfLabel] = partOf } },
        ["data"] = new JsonObject([.. data.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))]),
    };

    private static JsonObject Filled(JsonObject webhook) => new()
    {
        ["apiVersion"] = Webhooks.ApiVersion,
        ["kind"] = Webhooks.Kind,
        ["metadata"] = new JsonObject { ["name"] = ClusterNames.Controller },
        ["webhooks"] = webhook["webhooks"]!.DeepClone(),
    };

    private async Task<JsonObject> FindAsync(string kind, string name)
    {
        var known = ObjectKind.All.Single(entry => entry.Kind == kind);
        return (await cluster.Objects.FindAsync(known.Path(known.Namespaced ? ClusterNames.Namespace : null, name), Cancellation))!;
    }
}
