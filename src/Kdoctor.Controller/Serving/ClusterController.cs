using System.Net;
using System.Security.Cryptography;
using k8s;
using Kdoctor.ApiServer.Http;
using Kdoctor.Controller.Admission;
using Kdoctor.Controller.Aggregation;
using Kdoctor.Controller.Certificates;
using Kdoctor.Controller.Cluster;
using Kdoctor.Controller.Leading;
using Kdoctor.Controller.Metrics;
using Kdoctor.Controller.Objects;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Settings;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Deployment;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary>
/// A controller in a pod, put together:
/// 1. The health port opens, so that a kubelet can ask from the first moment on.
/// 2. The certificates come from the Secret, or are made; the authorities are made known; the front proxy is learnt of.
/// 3. The store opens, and the controller is put together on top of it.
/// 4. The ports of agents and API servers open.
/// 5. The controller takes up its work; once all tasks are known it is ready.
/// 6. Told to stop, it is no longer ready, goes on for as long as others take to notice, and then ends what it began in reverse order.
/// </summary>
internal sealed partial class ClusterController(ClusterControllerOptions options, ControllerSettings settings, ProcessSources sources) : IAsyncDisposable
{
    // Until endpoints and their users have noticed that this replica goes: kube-proxy takes about a second.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    private readonly ControllerHealth health = new();
    private readonly ILogger<ClusterController> logger = sources.Logs.CreateLogger<ClusterController>();
    private readonly ProcessParts parts = new();
    private readonly StoreMeter storeMeter = new(sources.Time);
    private readonly RoundMeter roundMeter = new();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => parts.DisposeAsync();

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stopped = new CancellationTokenSource();
        try
        {
            await StartAsync(stopped.Token, cancellation).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, sources.Time, cancellation).ConfigureAwait(false);
        }
        finally
        {
            // 6.
            health.Stop();
            LogStops(Drain);
            await Task.Delay(Drain, sources.Time, CancellationToken.None).ConfigureAwait(false);
            await stopped.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task StartAsync(CancellationToken stopped, CancellationToken cancellation)
    {
        // 1.
        var scrape = new ControllerScrape(storeMeter, roundMeter);
        parts.Keep(await HealthListener.StartAsync(At(settings.Ports.Health), health, scrape.Read, sources.Logs, cancellation).ConfigureAwait(false));

        // 2.
        var client = new KubernetesObjects(parts.Keep(new Kubernetes(options.Kubernetes)), sources.Time);
        var keeper = parts.Keep(new CertificateKeeper(client, options.Namespace, sources.Time, sources.Random, sources.Logs));
        var publisher = parts.Keep(new AuthorityPublisher(client, keeper, options.Namespace, sources.Time, sources.Random, sources.Logs));
        var proxy = new FrontProxyTrust(client, sources.Time, sources.Random, sources.Logs);
        scrape.Certificates = keeper;
        health.Live("keeping certificates", keeper.RunAsync(stopped));
        health.Live("publishing the authorities", publisher.RunAsync(stopped));
        health.Live("following the front proxy", proxy.RunAsync(stopped));
        health.Await("certificates", keeper.InPlace);
        health.Await("agents' trust", publisher.KnownToAgents);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        health.Await("tasks", started.Task);
        await Task.WhenAll(keeper.InPlace, proxy.Known).WaitAsync(cancellation).ConfigureAwait(false);

        // 3.
        var place = parts.Keep(new ClusterPlace(options.Kubernetes, options.Namespace, sources.Time, sources.Random, sources.Logs));
        health.Live("following the cluster", place.Running);
        var store = new MeasuredStore(await StoreAsync(cancellation).ConfigureAwait(false), storeMeter);
        var host = parts.Keep(new ControllerHost(ControllerOptions.Of(settings), Parts(place, store, parts.Keep(new Kubernetes(options.Kubernetes)))));
        scrape.AgentsExpected = () => place.AgentsExpected(host);
        scrape.Work = host.Write;
        host.MeterRounds(roundMeter);
        health.Await("leadership, or a store that is shared with the leader", host.Serves);

        // 4.
        parts.Keep(await AgentListener.StartAsync(host, At(settings.Ports.Agents), keeper, sources.Logs, cancellation).ConfigureAwait(false));
        var access = parts.Keep(new SubjectAccess(client, sources.Time));
        var webhook = parts.Keep(new AdmissionWebhook(new TaskReview(settings.ForTasks(), new ReferenceQuestion(access.AuthorizeAsync).AskAsync), sources.Time, sources.Logs.CreateLogger<AdmissionWebhook>()));
        parts.Keep(await ApiListener.StartAsync(At(settings.Ports.Api), keeper, Api(host, proxy, access), webhook, sources.Logs, cancellation).ConfigureAwait(false));

        // 5.
        await place.Synced.WaitAsync(cancellation).ConfigureAwait(false);
        await host.StartAsync(cancellation).ConfigureAwait(false);
        health.Live("reconciling", host.Running);
        started.SetResult();
        LogReady(options.Namespace);
    }

    private ControllerParts Parts(ClusterPlace place, IRoundStore store, Kubernetes kubernetes) => new()
    {
        Kubernetes = options.Kubernetes,
        ClusterView = place.View,
        ControllerAddresses = node => place.ControllerAddresses(settings.Ports.Agents, node),
        Runtimes = place.Runtimes,
        Store = store,
        Leadership = LeaseElection.Of(
            kubernetes, new LeaseName(options.Namespace, ClusterNames.Controller),
            new LeaderOptions { Identity = options.Identity, Address = options.AgentsAddress(settings.Ports.Agents), SharedStore = settings.Storage.Kind == StorageSettings.Postgres },
            () => place.ConnectedAgents, sources.Time, sources.Random, sources.Logs),
        Agents = options.JoinTokenFile is { } file ? new JoinTokenAuthenticator(PrivateFile.Secret(file)) : place.Agents,
        Time = sources.Time,
        Random = sources.Random,
        Logs = sources.Logs,
    };

    private async Task<IRoundStore> StoreAsync(CancellationToken cancellation)
    {
        static string NewInstallation() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        if (settings.Storage.Kind == StorageSettings.Postgres)
            return parts.Keep(await PostgresRoundStore.OpenAsync(options.Postgres ?? "", settings.Retention.Bounds, NewInstallation, sources.Time, sources.Logs, cancellation).ConfigureAwait(false));
        Directory.CreateDirectory(settings.Storage.Path);
        return parts.Keep(SqliteRoundStore.Open(Path.Combine(settings.Storage.Path, "rounds.db"), settings.Retention.Bounds, NewInstallation));
    }

    private KubernetesApi Api(ControllerHost host, FrontProxyTrust proxy, SubjectAccess access) => new(
        new KubernetesApiOptions { MaxWatches = settings.Reports.MaxWatches },
        [host.Reports],
        new FrontProxyAuthenticator(() => proxy.Current, sources.Time),
        new ApiSources(sources.Time, () => new Guid(RandomNumberGenerator.GetBytes(16)), sources.Random),
        sources.Logs.CreateLogger<KubernetesApi>(),
        access.AuthorizeAsync);

    private IPEndPoint At(int port) => new(options.Listen, port);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready in namespace {Namespace}")]
    private partial void LogReady(string @namespace);

    [LoggerMessage(Level = LogLevel.Information, Message = "Told to stop: no longer ready, and gone in {Drain}")]
    private partial void LogStops(TimeSpan drain);
}
