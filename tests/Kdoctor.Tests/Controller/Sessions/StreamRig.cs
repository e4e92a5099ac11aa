using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using k8s;
using Kdoctor.Agent.Dialling;
using Kdoctor.Agent.Hosting;
using Kdoctor.Controller.Certificates;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Serving;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kdoctor.Tests.Controller.Sessions;

/// <summary>A controller's port with TLS on loopback, without an API server behind it, and agents of both sorts: real ones and bare streams.</summary>
internal sealed class StreamRig : IAsyncDisposable
{
    public const string Token = "join-token-of-these-tests";

    private readonly TestFolder folder = new();
    private readonly SqliteRoundStore store;
    private readonly System.Threading.Channels.Channel<RoundNotice> notices = System.Threading.Channels.Channel.CreateUnbounded<RoundNotice>();
    private AgentListener listener;

#pragma warning disable RS0030 // Real sockets keep real time.
    private StreamRig()
    {
        Time = TimeProvider.System;
#pragma warning restore RS0030
        Certificate = ServingCertificate.Open(folder.Path("."), IPAddress.Loopback, Time);
        store = SqliteRoundStore.Open(folder.Path("rounds.db"), new StoreBounds(), () => "installation");
        Host = new ControllerHost(
            new ControllerOptions(),
            new ControllerParts
            {
                Kubernetes = new KubernetesClientConfiguration { Host = "https://127.0.0.1:1" },
                ClusterView = agents => new JoinedAgentsView(new RememberedAgents(agents, Time)),
                Store = store,
                Agents = new JoinTokenAuthenticator(Token),
                Time = Time,
                Random = new Random(1),
                Logs = NullLoggerFactory.Instance,
            });
        Host.RoundChanged += notice => notices.Writer.TryWrite(notice);
        listener = null!;
    }

    public TimeProvider Time { get; }

    public X509Certificate2 Certificate { get; }

    public ControllerHost Host { get; }

    public SqliteRoundStore Store => store;

    public Uri Address => listener.Address;

    public static async Task<StreamRig> StartAsync()
    {
        var rig = new StreamRig();
        await rig.ListenAsync(0);
        return rig;
    }

    public async Task ListenAsync(int port) => listener =
        await AgentListener.StartAsync(Host, new IPEndPoint(IPAddress.Loopback, port), new FixedCertificate(Certificate, Certificate), NullLoggerFactory.Instance, default);

    /// <summary>Cuts every stream and closes the port.</summary>
    public async Task CloseAsync()
    {
        Host.Sessions.EndAll("cut");
        await listener.DisposeAsync();
    }

    public AgentSite NewSite(int agents) => new(Time, new Random(2), NullLoggerFactory.Instance, agents);

    public AgentOptions Options(int agent) => new()
    {
        AgentId = $"id-{agent}",
        Name = $"agent-{agent}",
        NodeName = $"node-{agent}",
        Controllers = [Address],
        JoinToken = Token,
        AuthorityPin = AuthorityTrust.PinOf(Certificate),
        Echo = [new EchoBinding(EchoAddress.PrimaryNetwork, new IPEndPoint(IPAddress.Loopback, 0))],
    };

    /// <summary>A stream of the test's own: nothing is said on it but what the test says.</summary>
    public (GrpcChannel Channel, AsyncDuplexStreamingCall<AgentMessage, ControllerMessage> Call) Dial(string? token = Token)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(Certificate);
        var channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        var metadata = new Metadata();
        if (token is not null)
            metadata.Add("authorization", $"Bearer {token}");
        return (channel, new AgentControl.AgentControlClient(channel).Connect(metadata));
    }

    public static AgentMessage Hello(string id, params string[] held)
    {
        var hello = new Hello { AgentId = id, AgentName = $"name-{id}", NodeName = "node" };
        hello.HeldRounds.AddRange(held);
        return new AgentMessage { Hello = hello };
    }

    /// <summary>Waits until agents are connected.</summary>
    public async Task ConnectedAsync(int count)
    {
        var reached = new TaskCompletionSource();
        void Look()
        {
            if (Host.Connected.Count == count)
                reached.TrySetResult();
        }
        Host.Changed += Look;
        Look();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Host.Changed -= Look;
    }

    /// <summary>Begins a round of short load among the connected agents' own echoes.</summary>
    public async Task<RoundRecord> BeginAsync(TimeSpan? duration = null, TimeSpan? lead = null)
    {
        var mesh = MeshRound.Of(1);
        var task = mesh.Task with
        {
            Load = new LoadPlan(20, duration ?? TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1)),
            Targets = [new MeshQuery(Channel.PodIP, IpFamily.IPv4)],
        };
        var now = Time.GetUtcNow();
        var plan = RoundPlanner.Plan(task, new ClusterSnapshot { Agents = [.. Host.Connected] }, 1, now, now + (lead ?? TimeSpan.FromMilliseconds(50)));
        var record = new RoundRecord { Plan = plan, Expect = task.Expect, Spec = task.Spec };
        await Host.Collector.BeginAsync(record, null);
        return record;
    }

    public async Task<RoundRow> NoticeAsync(RoundEvent wanted)
    {
        await foreach (var notice in notices.Reader.ReadAllAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token))
        {
            if (notice.Event == wanted)
                return (await store.HistoryAsync(notice.Id.TaskUid, 1, default))[0];
        }
        throw new InvalidOperationException("the controller went away");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await listener.DisposeAsync();
        await store.DisposeAsync();
        Certificate.Dispose();
        folder.Dispose();
    }
}
