using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Certificates;
using Kdoctor.Tests.Controller.Objects;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Certificates;

/// <summary>Replicas of the controller over one Secret, with a clock of their own against a real (embedded) API server.</summary>
public sealed class CertificateKeeperTests : IAsyncDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource stopped = new();
    private readonly List<Task> running = [];
    private readonly Task<FakeCluster> starting = FakeCluster.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await Task.WhenAll(running);
        await (await starting).DisposeAsync();
        stopped.Dispose();
    }

    [Fact]
    public async Task Replicas_that_start_together_serve_one_certificate()
    {
        var cluster = await starting;
        CertificateKeeper[] keepers = [Keeper(cluster), Keeper(cluster), Keeper(cluster)];
        await Task.WhenAll(keepers.Select(keeper => keeper.InPlace));
        Assert.Single(keepers.Select(keeper => keeper.Current!.Thumbprint).Distinct());
        Assert.Single(keepers.Select(keeper => keeper.Trust).Distinct());
        Assert.Equal("Opaque", (await cluster.Objects.FindAsync(FakeCluster.Tls.Path, Cancellation))!["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_certificate_is_rotated_before_its_end_in_every_replica_without_a_restart()
    {
        var cluster = await starting;
        CertificateKeeper[] keepers = [Keeper(cluster), Keeper(cluster)];
        await Task.WhenAll(keepers.Select(keeper => keeper.InPlace));
        var (before, trust) = (keepers[0].Current!.Thumbprint, keepers[0].Trust);
        var version = (await cluster.Objects.FindAsync(FakeCluster.Tls.Path, Cancellation))!["metadata"]!["resourceVersion"]!.GetValue<string>();

        time.Advance(TimeSpan.FromDays(61));
        var rotated = await cluster.UntilAsync(FakeCluster.Tls, secret => secret["metadata"]!["resourceVersion"]!.GetValue<string>() != version);
        await Task.WhenAll(keepers.Select(keeper => keeper.RefreshAsync(Cancellation)));
        Assert.All(keepers, keeper => Assert.Equal(CertificateSet.Read(rotated)!.Serving.Thumbprint, keeper.Current!.Thumbprint));
        Assert.NotEqual(before, keepers[0].Current!.Thumbprint);
        Assert.Equal(trust, keepers[1].Trust);
    }

    [Fact]
    public async Task A_secret_that_somebody_spoiled_or_left_empty_is_filled()
    {
        var cluster = await starting;
        await cluster.CreateAsync(FakeCluster.Tls, "Secret", "\"type\":\"kubernetes.io/tls\",\"data\":{\"tls.crt\":\"\",\"tls.key\":\"\"}");
        var keeper = Keeper(cluster);
        await keeper.InPlace;
        Assert.Equal("kubernetes.io/tls", (await cluster.UntilAsync(FakeCluster.Tls, secret => CertificateSet.Read(secret) is not null))["type"]!.GetValue<string>());

        await cluster.Objects.MergeAsync(FakeCluster.Tls.Path, new JsonObject { ["data"] = new JsonObject { ["ca.key"] = "bm8=" } }, Cancellation);
        await cluster.UntilAsync(FakeCluster.Tls, secret => CertificateSet.Read(secret) is not null);
    }

    [Fact]
    public async Task A_secret_that_somebody_deleted_is_made_anew_with_another_authority()
    {
        var cluster = await starting;
        CertificateKeeper[] keepers = [Keeper(cluster), Keeper(cluster)];
        await Task.WhenAll(keepers.Select(keeper => keeper.InPlace));
        var trust = keepers[0].Trust;
        await cluster.Objects.SendAsync(HttpMethod.Delete, FakeCluster.Tls.Path, null, Cancellation);
        var made = await cluster.UntilAsync(FakeCluster.Tls, secret => CertificateSet.Read(secret) is not null);
        await Task.WhenAll(keepers.Select(keeper => keeper.RefreshAsync(Cancellation)));
        Assert.NotEqual(trust, CertificateSet.Read(made)!.Trust);
        Assert.All(keepers, keeper => Assert.Equal(CertificateSet.Read(made)!.Trust, keeper.Trust));
    }

    [Fact]
    public async Task The_authority_is_written_where_callers_look_and_written_again_when_somebody_overwrites_it()
    {
        var cluster = await starting;
        await cluster.CreateAsync(FakeCluster.ApiService, "APIService", "\"spec\":{\"group\":\"system.kdoctor.io\",\"insecureSkipTLSVerify\":true}");
        await cluster.CreateAsync(FakeCluster.Webhook, "ValidatingWebhookConfiguration", "\"webhooks\":[{\"name\":\"a\",\"clientConfig\":{\"service\":{}}},{\"name\":\"b\",\"clientConfig\":{}}]");
        var keeper = Keeper(cluster);
        using var publisher = Publisher(cluster, keeper);
        await publisher.KnownToAgents.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        var bundle = Convert.ToBase64String(Encoding.ASCII.GetBytes(keeper.Trust));
        await TrustedEverywhereAsync(cluster, keeper.Trust, bundle);

        // Whatever the others write, it does not stay.
        await cluster.Objects.SendAsync(HttpMethod.Delete, FakeCluster.Trust.Path, null, Cancellation);
        await cluster.Objects.MergeAsync(FakeCluster.ApiService.Path, JsonNode.Parse("""{"spec":{"caBundle":"b3RoZXI="}}""")!.AsObject(), Cancellation);
        await cluster.Objects.MergeAsync(FakeCluster.Webhook.Path, JsonNode.Parse("""{"webhooks":[{"name":"b","clientConfig":{}}]}""")!.AsObject(), Cancellation);
        time.Advance(TimeSpan.FromSeconds(2));
        await TrustedEverywhereAsync(cluster, keeper.Trust, bundle);
    }

    [Fact]
    public async Task What_an_installer_makes_later_learns_of_the_authority_then()
    {
        var cluster = await starting;
        var keeper = Keeper(cluster);
        using var publisher = Publisher(cluster, keeper);
        await publisher.KnownToAgents.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await cluster.CreateAsync(FakeCluster.ApiService, "APIService", "\"spec\":{\"group\":\"system.kdoctor.io\"}");
        await cluster.UntilAsync(FakeCluster.ApiService, service => service["spec"]!["caBundle"] is not null);
    }

    private CertificateKeeper Keeper(FakeCluster cluster)
    {
        var keeper = new CertificateKeeper(cluster.Objects, FakeCluster.Namespace, time, new Random(1), NullLoggerFactory.Instance);
        running.Add(keeper.RunAsync(stopped.Token));
        return keeper;
    }

    private AuthorityPublisher Publisher(FakeCluster cluster, CertificateKeeper keeper)
    {
        var publisher = new AuthorityPublisher(cluster.Objects, keeper, FakeCluster.Namespace, time, new Random(2), NullLoggerFactory.Instance);
        running.Add(publisher.RunAsync(stopped.Token));
        return publisher;
    }

    private static async Task TrustedEverywhereAsync(FakeCluster cluster, string trust, string bundle)
    {
        await cluster.UntilAsync(FakeCluster.Trust, map => map["data"]!["ca.crt"]!.GetValue<string>() == trust);
        await cluster.UntilAsync(FakeCluster.ApiService, service => service["spec"]!["caBundle"]?.GetValue<string>() == bundle && service["spec"]!["insecureSkipTLSVerify"] is null);
        await cluster.UntilAsync(FakeCluster.Webhook, configuration => configuration["webhooks"]!.AsArray().All(hook => hook!["clientConfig"]!["caBundle"]?.GetValue<string>() == bundle));
    }
}
