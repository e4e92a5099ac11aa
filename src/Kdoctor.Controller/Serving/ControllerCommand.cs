using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary><c>kdoctor controller</c>: tasks from a Kubernetes API server, probed by the agents that joined with a token.</summary>
public static class ControllerCommand
{
    private const int Succeeded = 0;
    private const int Usage = 2;

    /// <summary>The command.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="random">For the jitter of retries.</param>
    public static Command Create(TimeProvider time, Random random)
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "The kubeconfig of the API server that holds the tasks; default: kubectl's own choice.", HelpName = "FILE" };
        var context = new Option<string?>("--context") { Description = "The context of the kubeconfig.", HelpName = "NAME" };
        var listen = new Option<string>("--listen") { Description = "Where agents connect; port 0 for any free one.", HelpName = "ADDR:PORT", DefaultValueFactory = _ => "127.0.0.1:3000" };
        var data = new Option<string>("--data") { Description = "The folder for rounds, the key and the join token.", HelpName = "DIR", DefaultValueFactory = _ => "kdoctor-controller" };
        var token = new Option<string?>("--join-token-file") { Description = "The secret that lets agents join; default: DIR/join-token, made where it is missing.", HelpName = "FILE" };
        var certificate = new Option<string?>("--tls-cert") { Description = "The certificate that agents see, PEM; default: one that signs itself.", HelpName = "FILE" };
        var key = new Option<string?>("--tls-key") { Description = "Its key, PEM.", HelpName = "FILE" };
        var authority = new Option<string?>("--tls-ca") { Description = "The certificate that signed it, PEM; agents that know only its pin fetch it here.", HelpName = "FILE" };
        var command = new Command("controller", "Run the controller against a Kubernetes API server.") { kubeconfig, context, listen, data, token, certificate, key, authority };
        command.Validators.Add(parsed =>
        {
            if (!IPEndPoint.TryParse(parsed.GetValue(listen) ?? "", out _))
                parsed.AddError($"--listen '{parsed.GetValue(listen)}' is not an address with a port, for example 127.0.0.1:3000");
            if (parsed.GetValue(certificate) is null != parsed.GetValue(key) is null || parsed.GetValue(certificate) is null != parsed.GetValue(authority) is null)
                parsed.AddError("--tls-cert, --tls-key and --tls-ca go together");
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            new Settings(
                parsed.GetValue(kubeconfig), parsed.GetValue(context), IPEndPoint.Parse(parsed.GetRequiredValue(listen)), parsed.GetRequiredValue(data), parsed.GetValue(token),
                parsed.GetValue(certificate), parsed.GetValue(key), parsed.GetValue(authority)),
            parsed.InvocationConfiguration.Error, time, random, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Settings settings, TextWriter error, TimeProvider time, Random random, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(settings.Data);
            using var logs = LoggerFactory.Create(logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
            using var server = settings.Certificate is null
                ? ServingCertificate.Open(settings.Data, settings.Listen.Address, time)
                : X509Certificate2.CreateFromPemFile(settings.Certificate, settings.Key);
            using var authority = settings.Authority is null ? new X509Certificate2(server) : X509CertificateLoader.LoadCertificateFromFile(settings.Authority);
            var tokenFile = settings.TokenFile ?? Path.Combine(settings.Data, "join-token");
            var joinToken = settings.TokenFile is null ? PrivateFile.Secret(tokenFile) : (await File.ReadAllTextAsync(tokenFile, cancellation).ConfigureAwait(false)).Trim();
            var store = SqliteRoundStore.Open(
                Path.Combine(settings.Data, "rounds.db"), new StoreBounds(), () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
            await using var storeEnds = store.ConfigureAwait(false);
            var parts = new ControllerParts
            {
                Kubernetes = KubeconfigChoice.Read(settings.Kubeconfig, settings.Context, Environment.GetEnvironmentVariable),
                ClusterView = agents => new JoinedAgentsView(new RememberedAgents(agents, time)),
                Store = store,
                Agents = new JoinTokenAuthenticator(joinToken),
                Time = time,
                Random = random,
                Logs = logs,
            };
            await ServeAsync(settings, parts, server, authority, tokenFile, error, cancellation).ConfigureAwait(false);
            return Succeeded;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Succeeded;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException or InvalidDataException
            or k8s.Exceptions.KubeConfigException or Microsoft.Data.Sqlite.SqliteException)
        {
            await error.WriteLineAsync($"kdoctor controller: {refused.Message}").ConfigureAwait(false);
            return Usage;
        }
    }

    private static async Task ServeAsync(
        Settings settings, ControllerParts parts, X509Certificate2 server, X509Certificate2 authority, string tokenFile, TextWriter error, CancellationToken cancellation)
    {
        var host = new ControllerHost(new ControllerOptions(), parts);
        await using var hostEnds = host.ConfigureAwait(false);
        var listener = await AgentListener.StartAsync(host, settings.Listen, server, authority, parts.Logs, cancellation).ConfigureAwait(false);
        await using var listenerEnds = listener.ConfigureAwait(false);
        var pin = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()));
        await error.WriteLineAsync($"agents join with: kdoctor agent --controller {listener.Address.Authority} --join-token-file {tokenFile} --ca-pin {pin}").ConfigureAwait(false);
        await host.StartAsync(cancellation).ConfigureAwait(false);
        await Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, cancellation).ConfigureAwait(false);
    }

    private sealed record Settings(
        string? Kubeconfig, string? Context, IPEndPoint Listen, string Data, string? TokenFile, string? Certificate, string? Key, string? Authority);
}
