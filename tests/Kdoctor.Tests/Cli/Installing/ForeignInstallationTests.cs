using System.Text.Json.Nodes;
using Kdoctor.Cli.Installing;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.ApiServer;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>The Go project's objects have our names and not our label: they are neither installed over nor removed.</summary>
public sealed class ForeignInstallationTests : IAsyncLifetime
{
    private PlainCluster cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cluster = await PlainCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    /// <summary>Against the defect: definitions and roles are overwritten, and then the Deployment's selector cannot be changed.</summary>
    /// <remarks>Seen red: only the namespace of the reports' API is looked at.</remarks>
    [Theory]
    [InlineData("kdoctor")]
    [InlineData("tools")]
    public async Task It_is_not_installed_over_and_the_message_says_what_to_do(string space)
    {
        await MakeAsync();
        var run = await cluster.InstallAsync("--namespace", space);
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("kdoctor: another program is installed in the namespace kdoctor: apiservice/v1beta1.system.kdoctor.io has no label", run.Error, StringComparison.Ordinal);
        Assert.Contains("helm list -A", run.Error, StringComparison.Ordinal);
        Assert.Null(await FindAsync("ConfigMap", ClusterNames.SettingsConfigMap));
    }

    /// <remarks>Seen red: only the Deployment went, and the API without its controller held up the cluster; with --purge the definitions and all tasks too.</remarks>
    [Fact]
    public async Task It_is_not_half_removed()
    {
        await MakeAsync();
        var run = await cluster.UninstallAsync("--purge");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("another program is installed", run.Error, StringComparison.Ordinal);
        Assert.NotNull(await FindAsync("APIService", InstalledApi.Name));
        Assert.NotNull(await FindAsync("Deployment", ClusterNames.Controller));
    }

    /// <remarks>Seen red: the Deployment is removed by its name.</remarks>
    [Fact]
    public async Task What_has_our_name_and_not_our_label_stays_when_ours_is_removed()
    {
        await cluster.InstallAsync();
        await cluster.Objects.DeleteAsync(new ObjectName(Kind("Deployment"), ClusterNames.Namespace, ClusterNames.Controller), Cancellation);
        await cluster.Objects.ApplyAsync(Document("Deployment", ClusterNames.Controller), Cancellation);

        Assert.True(await new Uninstaller(cluster.Objects, ClusterNames.Namespace, purge: false, Clock.Real, _ => { }).RunAsync(TimeSpan.FromMinutes(2), Cancellation));

        Assert.NotNull(await FindAsync("Deployment", ClusterNames.Controller));
        Assert.Null(await FindAsync("DaemonSet", ClusterNames.Agent));
    }

    private static ObjectKind Kind(string kind) => ObjectKind.All.Single(entry => entry.Kind == kind);

    private static JsonObject Document(string kind, string name) => new()
    {
        ["apiVersion"] = Kind(kind).ApiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = name, ["namespace"] = Kind(kind).Namespaced ? ClusterNames.Namespace : null, ["labels"] = new JsonObject { [ClusterNames.NameLabel] = "kdoctor" },
        },
        ["spec"] = new JsonObject { ["service"] = new JsonObject { ["namespace"] = ClusterNames.Namespace, ["name"] = ClusterNames.Controller } },
    };

    private async Task MakeAsync()
    {
        await cluster.Objects.ApplyAsync(Document("APIService", InstalledApi.Name), Cancellation);
        await cluster.Objects.ApplyAsync(Document("Deployment", ClusterNames.Controller), Cancellation);
    }

    private Task<JsonObject?> FindAsync(string kind, string name) =>
        cluster.Objects.FindAsync(Kind(kind).Path(Kind(kind).Namespaced ? ClusterNames.Namespace : null, name), Cancellation);
}
