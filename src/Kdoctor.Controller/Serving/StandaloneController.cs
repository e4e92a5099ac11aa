using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Controller.Certificates;
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
        var host = parts.Keep(new ControllerHost(new ControllerOptions(), new ControllerParts
        {
            Kubernetes = options.Kubernetes,
            ClusterView = agents => new JoinedAgentsView(new RememberedAgents(agents, sources.Time)),
            Store = parts.Keep(SqliteRoundStore.Open(Path.Combine(options.Data, "rounds.db"), new StoreBounds(), () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)))),
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
}
