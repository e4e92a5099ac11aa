using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using k8s;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Cli.Cluster;
using Kdoctor.Controller.Certificates;
using Kdoctor.Controller.Inputs;
using Kdoctor.Controller.Listening;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Serving;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// A whole kdoctor on one machine: control plane, controller, stand-ins and agents in one process.
/// 1. The data folder with its certificates and secrets.
/// 2. The Kubernetes API listens, so that its address is known.
/// 3. The controller is put together on top of it, and the API serves tasks and reports.
/// 4. The agents' port opens, the stand-ins listen, and the agents dial in.
/// 5. The controller takes up its work once every agent is there, and the kubeconfig is written last: whoever finds it can use it.
/// </summary>
internal sealed class Lab : IAsyncDisposable
{
    private const string KubeconfigFile = "kubeconfig";
    private const string JoinTokenFile = "join-token";

    // Closed in reverse order: what was built on something goes before it.
    private readonly Stack<IAsyncDisposable> parts = new();
    private readonly LabOptions options;
    private LabFolder folder = null!;
    private Uri agentsAddress = null!;
    private string pin = "";

    private Lab(LabOptions options) => this.options = options;

    /// <summary>The lab's Kubernetes API, as the command line uses it.</summary>
    public ClusterClient Cluster { get; private set; } = null!;

    /// <summary>Where kubectl finds the lab.</summary>
    public string KubeconfigPath => folder.Path(KubeconfigFile);

    /// <summary>What to tell whoever started it.</summary>
    public IEnumerable<string> Welcome()
    {
        yield return $"kdoctor is up with {ScreenNumbers.Counted(options.Nodes, "agent")}. Use it with kubectl:";
        yield return $"  export KUBECONFIG={KubeconfigPath}";
        yield return "  kubectl apply -f FILE; kubectl get netreach; kubectl get kdoctorreport";
        var reachable = new UriBuilder(agentsAddress) { Host = ListenAddresses.Of(options.ListenForAgents.Address).First().ToString() }.Uri.Authority;
        yield return $"Agents of other hosts join with: kdoctor agent --controller {reachable} --join-token-file {folder.Path(JoinTokenFile)} --ca-pin {pin}";
        yield return "Ctrl-C ends it.";
    }

    /// <summary>Starts a lab; when this returns, tasks can be applied.</summary>
    /// <exception cref="LabException">Something that the lab needs cannot be had here.</exception>
    public static async Task<Lab> StartAsync(LabOptions options, CliContext context, CancellationToken cancellation)
    {
        var lab = new Lab(options);
        try
        {
            await lab.BuildAsync(context, cancellation);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    private async Task BuildAsync(CliContext context, CancellationToken cancellation)
    {
        // 1. The data folder.
        var logs = Keep(context.Logs());
        folder = Keep(LabFolder.Open(options.Data));
        var certificates = Keep(LabCertificates.Open(
            folder, [.. ListenAddresses.Of(options.Listen.Address).Concat([IPAddress.Loopback, IPAddress.IPv6Loopback]).Distinct()], context.Time));
        var (token, joinToken) = (folder.Secret("token"), folder.Secret(JoinTokenFile));

        pin = certificates.Pin;

        // 2. The Kubernetes API.
        var api = await LabApi.ListenAsync(options.Listen, certificates.Server, logs, cancellation);
        parts.Push(api);

        // 3. The controller.
        var kubeconfig = Kubeconfig.Text(api.Address.ToString(), certificates.Authority, token);
        var client = KubernetesClientConfiguration.BuildConfigFromConfigFile(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(kubeconfig)));
        var objects = Keep(Opened(() => SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = folder.Path("objects.db") })));
        var rounds = Opened(() => SqliteRoundStore.Open(folder.Path("rounds.db"), new StoreBounds(), () => new Guid(RandomNumberGenerator.GetBytes(16)).ToString()));
        parts.Push(rounds);
        var cluster = default(LabCluster)!;
        var controller = new ControllerHost(new ControllerOptions { Reconciler = new ReconcilerOptions { Limits = TaskLimits.Lab, Budgets = options.Budgets }, Objects = ObjectAccess.Everywhere }, new ControllerParts
        {
            Kubernetes = client,
            ClusterView = agents => cluster = new LabCluster(new RememberedAgents(agents, context.Time)),
            Store = rounds,
            Agents = new JoinTokenAuthenticator(joinToken),
            Time = context.Time,
            Random = context.Chance,
            Logs = logs,
        });
        parts.Push(controller);
        api.Serve([.. LabResources.Create(objects), controller.Reports], token, context, logs);

        // 4. The agents' port, the stand-ins, the agents.
        var network = Keep(LabNetwork.Claim());
        var port = await AgentListener.StartAsync(controller, options.ListenForAgents, new FixedCertificate(certificates.Server, certificates.Authority), logs, cancellation);
        parts.Push(port);
        var services = await LabServices.StartAsync(network, options.Nodes, controller, context.Chance, logs, cancellation);
        parts.Push(services);
        var dns = await LabDns.StartAsync(network, certificates.Server, context.Time, logs);
        parts.Push(dns);
        await LabDnsObjects.WriteAsync(objects, dns, context.Time, cancellation);
        agentsAddress = port.Address;
        var agents = await LabAgents.StartAsync(
            options.Nodes, rounds.InstallationId, network, new LabControl(agentsAddress, joinToken, certificates.Authority), context, logs, cancellation);
        parts.Push(agents);
        cluster.Furnish(agents.Info, services, LabNotes(network));

        // 5. The controller's work, and the word that the lab is there.
        await controller.StartAsync(cancellation);
        Cluster = Keep(new ClusterClient(client, context.Time));
        PrivateFile.Write(KubeconfigPath, kubeconfig);
    }

    private ImmutableArray<string> LabNotes(LabNetwork network) =>
    [
        options.Nodes == 0 ? "this is a mesh of agents that joined" : $"this is a lab: {ScreenNumbers.Counted(options.Nodes, "agent")} in one process on one machine",
        network.HasIPv6 ? "this machine has one IPv6 loopback address, ::1: over IPv6 the lab's targets differ by port" : "this machine has no IPv6 loopback address",
    ];

    private static T Opened<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException)
        {
            throw new LabException($"{refused.Message.TrimEnd('.')}. Put a back-up in its place, remove it with all that is kept in it, or name another folder with --data", refused);
        }
    }

    private T Keep<T>(T part)
        where T : IDisposable
    {
        parts.Push(new Disposing(part));
        return part;
    }

    private sealed class Disposing(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
