using k8s;
using Kdoctor.ApiServer.Resources;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Inputs;
using Kdoctor.Controller.Leading;
using Kdoctor.Controller.Metrics;
using Kdoctor.Controller.Objects;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.ReportApi;
using Kdoctor.Controller.Sessions;
using Kdoctor.Core.Metrics;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary>
/// The controller, ready to be put into a process: the lab's, or its own.
/// 1. Tasks are followed, and their reports served from the store.
/// 2. While this controller leads, it runs their rounds (<see cref="LeaderWork"/>); otherwise it refuses agents and tells them who leads.
/// </summary>
public sealed partial class ControllerHost : IAsyncDisposable, IConnectedAgents
{
    private readonly ControllerOptions options;
    private readonly ControllerParts parts;
    private readonly Kubernetes kubernetes;
    private readonly TaskCache cache = new();
    private readonly AgentSessions sessions;
    private readonly RoundCollector collector;
    private readonly TaskInformer informer;
    private readonly LeaderSeat seat;
    private readonly LeaderWork work;
    private readonly ReportReader reports;
    private readonly FollowedProgress? followed;
    private readonly AgentControlService service;
    private readonly ILogger<ControllerHost> logger;
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    /// <summary>Puts a controller together; nothing runs yet.</summary>
    /// <exception cref="ArgumentException">Options are wrong; the message names every problem.</exception>
    public ControllerHost(ControllerOptions options, ControllerParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems));
        (this.options, this.parts) = (options, parts);
        logger = parts.Logs.CreateLogger<ControllerHost>();
        kubernetes = new Kubernetes(parts.Kubernetes);
        var objects = new KubernetesObjects(kubernetes, parts.Time);
        var api = new KubernetesTaskApi(objects);
        seat = new LeaderSeat(parts.Leadership);
        sessions = new AgentSessions(options.Sessions.MaxAgents);
        var inputs = new KubernetesRoundInputs(kubernetes, options.Objects, parts.Time);
        var view = parts.ClusterView(this);
        collector = new RoundCollector(parts.Store, sessions, options.Collector, parts.Time, parts.Logs.CreateLogger<RoundCollector>()) { Inputs = inputs, Aftermath = view.After };
        informer = new TaskInformer(api, cache, TaskChanged, parts.Time, parts.Random, parts.Logs.CreateLogger<TaskInformer>());
        service = new AgentControlService(parts.Agents, seat, sessions, collector, options.Sessions, parts.ControllerAddresses, parts.Time, parts.Logs.CreateLogger<AgentControlService>());
        var events = new TaskEvents(objects, parts.Time, parts.Logs.CreateLogger<TaskEvents>());
        var reconciler = new TaskReconciler(cache, api, parts.Store, collector, sessions, view, options.Reconciler, parts.Time, parts.Logs.CreateLogger<TaskReconciler>())
        {
            Inputs = inputs,
            Events = events,
            OwnAgents = parts.Runtimes is { } own ? new OwnAgents(own, events, parts.Time) : null,
        };
        var documents = new ReportDocuments(cache, parts.Store, ProgressOf, options.Reconciler.Limits, options.MeasurementsListed, parts.Time, parts.Logs.CreateLogger<ReportDocuments>());
        reports = new ReportReader(cache, documents, parts.Time, parts.Logs.CreateLogger<ReportReader>());
        Reports = ReportResource.Create(reports);
        followed = parts.Leadership.IsShared ? new FollowedProgress(parts.Store, seat, reports.TaskChanged, parts.Time, parts.Logs.CreateLogger<FollowedProgress>()) : null;
        work = new LeaderWork(options, parts, seat, cache, informer, reconciler, collector, sessions, parts.Logs.CreateLogger<LeaderWork>());
        parts.Runtimes?.Changed += work.Enqueue;
        collector.Changed += work.RoundChanged;
        collector.Changed += reports.RoundChanged;
        collector.Changed += notice => RoundChanged?.Invoke(notice);
    }

    /// <inheritdoc/>
    public event Action? Changed
    {
        add => sessions.Changed += value;
        remove => sessions.Changed -= value;
    }

    /// <inheritdoc/>
    public event Action<string>? Left
    {
        add => sessions.Left += value;
        remove => sessions.Left -= value;
    }

    /// <summary>Raised after every change of a round; handlers must be quick.</summary>
    public event Action<RoundNotice>? RoundChanged;

    /// <summary>
    /// The KdoctorReport resource, for the API server that serves it. Lists and watches show reports of few measurements
    /// (<see cref="ControllerOptions.MeasurementsListed"/>) whole, and larger ones without <c>latestRoundReport</c> and <c>channels</c>; a get always shows all.
    /// </summary>
    public ApiResource Reports { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<AgentInfo> Connected => sessions.Connected;

    /// <summary>Whether this controller leads: runs rounds and takes agents.</summary>
    public bool Leads => seat.Taken;

    /// <summary>Completes once this controller has something to serve: it has led, or shares the store of the one that does.</summary>
    public Task Serves => parts.Leadership.FollowersServe ? Task.CompletedTask : work.TookUp;

    /// <summary>The controller's loops, once it has started; they end only when it is stopped, or by a defect.</summary>
    internal Task Running => running;

    internal RoundCollector Collector => collector;

    /// <summary>Has the rounds that are judged here counted.</summary>
    internal void MeterRounds(RoundMeter meter) => meter.Follow(collector);

    /// <summary>Writes what it does now, and what its tasks say of their rounds.</summary>
    internal void Write(MetricPage page)
    {
        page.Add(ControllerMetrics.Leader, Leads ? 1 : 0);
        page.Add(ControllerMetrics.AgentsConnected, sessions.Connected.Count);
        page.Add(ControllerMetrics.RoundsRunning, collector.Running.Count);
        TaskStatuses.Write(page, cache);
    }

    internal AgentSessions Sessions => sessions;

    /// <summary>Adds what the agents' gRPC service needs to a web application that is being built.</summary>
    public static void AddAgentService(IServiceCollection services, ControllerHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = host.options.Sessions.MaxMessageBytes;
            grpc.EnableDetailedErrors = false;
        });
        services.AddSingleton(host.service);
    }

    /// <summary>Maps the agents' gRPC service; its listener must speak HTTP/2 over TLS (<see cref="AgentListener.Configure"/>).</summary>
    public static void MapAgentService(IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<AgentControlService>();

    /// <summary>Starts; returns once every task is known, and, where nobody else can lead, once what was running is taken up.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        // 1. and 2.
        var following = informer.RunAsync(stopping.Token);
        var leading = parts.Leadership.RunAsync(work.LeadAsync, stopping.Token);
        var serving = Task.CompletedTask;
        try
        {
            await informer.Synced.WaitAsync(cancellation).ConfigureAwait(false);
            if (parts.Leadership.IsSole)
                await (await Task.WhenAny(work.TookUp, leading).WaitAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
            foreach (var key in cache.Keys)
                await reports.PublishAsync(key, cancellation).ConfigureAwait(false);
            serving = Task.WhenAll(reports.RunAsync(stopping.Token), followed?.RunAsync(stopping.Token) ?? Task.CompletedTask);
        }
        finally
        {
            running = Task.WhenAll(following, leading, serving);
        }
        LogStarted(parts.Store.InstallationId, cache.Keys.Count);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        sessions.EndAll("the controller stops");
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await collector.DisposeAsync().ConfigureAwait(false);
        work.Dispose();
        reports.Dispose();
        kubernetes.Dispose();
        stopping.Dispose();
    }

    private RoundProgress? ProgressOf(RoundId id) => collector.ProgressOf(id) ?? followed?.ProgressOf(id);

    private void TaskChanged(TaskKey key)
    {
        // The load of a task that is gone stops now, however many tasks wait to be looked at.
        if (TaskCache.IsGone(cache.Find(key)))
            collector.StopLoad(key.Kind.ToString(), key.Name);
        work.Enqueue(key);
        reports.TaskChanged(key);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The controller of installation {Installation} serves {Count} tasks")]
    private partial void LogStarted(string installation, int count);
}
