using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Controller.Certificates;
using Kdoctor.Controller.Leading;
using Kdoctor.Controller.Listening;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using k8s;

namespace Kdoctor.Controller.Serving;

/// <summary>A controller beside a cluster, or without one: tasks from an API server, probed by agents that join with a token.</summary>
internal static class StandaloneController
{
    /// <summary>What the command line says.</summary>
    public sealed record Options
    {
        public required KubernetesClientConfiguration Kubernetes { get; init; }

        public required IPEndPoint Listen { get; init; }

        public required string Data { get; init; }

        public string? TokenFile { get; init; }

        public string? Certificate { get; init; }

        public string? Key { get; init; }

        public string? Authority { get; init; }

        public LeaseName? Lease { get; init; }

        public string? Postgres { get; init; }
    }

    /// <summary>Runs until cancelled.</summary>
    public static async Task RunAsync(Options options, ProcessSources sources, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Data);
        var parts = new ProcessParts();
        await using var partsEnd = parts.ConfigureAwait(false);
        var server = parts.Keep(options.Certificate is null
            ? ServingCertificate.Open(options.Data, options.Listen.Address, sources.Time)
            : X509Certificate2.CreateFromPemFile(options.Certificate, options.Key));
        var authority = parts.Keep(options.Authority is null ? new X509Certificate2(server) : X509CertificateLoader.LoadCertificateFromFile(options.Authority));
        var tokenFile = options.TokenFile ?? Path.Combine(options.Data, "join-token");
        var joinToken = options.TokenFile is null ? PrivateFile.Secret(tokenFile) : (await File.ReadAllTextAsync(tokenFile, cancellation).ConfigureAwait(false)).Trim();
        ControllerHost? host = null;
        host = parts.Keep(new ControllerHost(new ControllerOptions(), new ControllerParts
        {
            Kubernetes = options.Kubernetes,
            ClusterView = agents => new JoinedAgentsView(new RememberedAgents(agents, sources.Time)),
            Store = await StoreAsync(options, parts, sources, cancellation).ConfigureAwait(false),
            Leadership = Leadership(options, () => host?.Connected.Count ?? 0, parts, sources),
            Agents = new JoinTokenAuthenticator(joinToken),
            Time = sources.Time,
            Random = sources.Random,
            Logs = sources.Logs,
        }));
        var listener = parts.Keep(await AgentListener.StartAsync(host, options.Listen, new FixedCertificate(server, authority), sources.Logs, cancellation).ConfigureAwait(false));
        var pin = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()));
        await sources.Error.WriteLineAsync($"agents join with: kdoctor agent --controller {listener.Address.Authority} --join-token-file {tokenFile} --ca-pin {pin}").ConfigureAwait(false);
        await host.StartAsync(cancellation).ConfigureAwait(false);
        await Task.Delay(Timeout.InfiniteTimeSpan, sources.Time, cancellation).ConfigureAwait(false);
    }

    private static async Task<IRoundStore> StoreAsync(Options options, ProcessParts parts, ProcessSources sources, CancellationToken cancellation)
    {
        static string NewInstallation() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return options.Postgres is { Length: > 0 } postgres
            ? parts.Keep(await PostgresRoundStore.OpenAsync(postgres, new StoreBounds(), NewInstallation, sources.Time, sources.Logs, cancellation).ConfigureAwait(false))
            : parts.Keep(SqliteRoundStore.Open(Path.Combine(options.Data, "rounds.db"), new StoreBounds(), NewInstallation));
    }

    private static ILeadership Leadership(Options options, Func<int> agents, ProcessParts parts, ProcessSources sources)
    {
        if (options.Lease is not { } lease)
            return new SoleLeader();
        if (options.Listen.Port == 0)
            throw new ArgumentException("--lease needs a port with --listen: agents are told where the leader is");
        var address = new IPEndPoint(ListenAddresses.Of(options.Listen.Address).First(), options.Listen.Port).ToString();
        var leader = new LeaderOptions
        {
            Identity = $"{Environment.MachineName}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}",
            Address = address,
            SharedStore = options.Postgres is { Length: > 0 },
        };
        return LeaseElection.Of(parts.Keep(new Kubernetes(options.Kubernetes)), lease, leader, agents, sources.Time, sources.Random, sources.Logs);
    }
}
