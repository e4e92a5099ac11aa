using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Security.Cryptography;
using k8s;
using Kdoctor.Controller.Leading;
using Kdoctor.Controller.Settings;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Deployment;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Kdoctor.Controller.Serving;

/// <summary><c>kdoctor controller</c>: tasks from a Kubernetes API server; in a pod of the cluster, or beside it with agents that join by token.</summary>
public static class ControllerCommand
{
    private const int Succeeded = 0;
    private const int Usage = 2;
    private const string NamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    private static readonly Option<string?> Kubeconfig = new("--kubeconfig") { Description = "The kubeconfig of the API server that holds the tasks; default: kubectl's own choice.", HelpName = "FILE" };
    private static readonly Option<string?> Context = new("--context") { Description = "The context of the kubeconfig.", HelpName = "NAME" };
    private static readonly Option<string> Listen = new("--listen") { Description = "Where agents connect; port 0 for any free one.", HelpName = "ADDR:PORT", DefaultValueFactory = _ => "127.0.0.1:3000" };
    private static readonly Option<string> Data = new("--data") { Description = "The folder for rounds, the key and the join token.", HelpName = "DIR", DefaultValueFactory = _ => "kdoctor-controller" };
    private static readonly Option<string?> Token = new("--join-token-file") { Description = "The secret that lets agents join; default: DIR/join-token, made where it is missing. With --in-cluster the default is none: agents show the tokens of their service account.", HelpName = "FILE" };
    private static readonly Option<string?> Certificate = new("--tls-cert") { Description = "The certificate that agents see, PEM; default: one that signs itself.", HelpName = "FILE" };
    private static readonly Option<string?> Key = new("--tls-key") { Description = "Its key, PEM.", HelpName = "FILE" };
    private static readonly Option<string?> Authority = new("--tls-ca") { Description = "The certificate that signed it, PEM; agents that know only its pin fetch it here.", HelpName = "FILE" };
    private static readonly Option<string?> Lease = new("--lease") { Description = $"Lead only while holding this Lease of the API server; several controllers then share the PostgreSQL that the environment variable {PostgresRoundStore.Variable} names.", HelpName = "NAMESPACE/NAME" };
    private static readonly Option<bool> InCluster = new("--in-cluster") { Description = "Run as a part of the cluster: the service account's credentials, certificates of its own, the reports' API and the webhook. Ports and bounds come from the settings." };
    private static readonly Option<string?> SettingsPath = new("--settings") { Description = $"With --in-cluster: the settings; default: {ClusterNames.SettingsFile}, or defaults where there is no such file.", HelpName = "FILE" };
    private static readonly Option<string?> Namespace = new("--namespace") { Description = "With --in-cluster: the namespace of the controller's own objects; default: the pod's.", HelpName = "NAME" };
    private static readonly Option<bool> JsonLogs = new("--log-json") { Description = "Log each line as JSON." };

    /// <summary>The command.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="random">For the jitter of retries.</param>
    public static Command Create(TimeProvider time, Random random)
    {
        var command = new Command("controller", "Run the controller against a Kubernetes API server.")
        {
            Kubeconfig, Context, Listen, Data, Token, Certificate, Key, Authority, Lease, InCluster, SettingsPath, Namespace, JsonLogs,
        };
        command.Validators.Add(Check);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, time, random, cancellation));
        return command;
    }

    private static void Check(CommandResult parsed)
    {
        // While validators run, an option that is not given has no value yet, not even its default.
        if (parsed.GetValue(Listen) is { } listen && !IPEndPoint.TryParse(listen, out _))
            parsed.AddError($"--listen '{listen}' is not an address with a port, for example 127.0.0.1:3000");
        if (parsed.GetValue(Certificate) is null != parsed.GetValue(Key) is null || parsed.GetValue(Certificate) is null != parsed.GetValue(Authority) is null)
            parsed.AddError("--tls-cert, --tls-key and --tls-ca go together");
        if (parsed.GetValue(Lease) is { } lease && LeaseName.Parse(lease) is null)
            parsed.AddError($"--lease '{lease}' is not a namespace and a name, for example kdoctor/kdoctor-controller");
        Option[] elsewhere = parsed.GetValue(InCluster) ? [Listen, Certificate, Key, Authority, Lease] : [SettingsPath, Namespace];
        foreach (var option in elsewhere.Where(option => parsed.GetResult(option) is { Implicit: false }))
            parsed.AddError($"{option.Name} has no meaning {(parsed.GetValue(InCluster) ? "with" : "without")} --in-cluster");
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider time, Random random, CancellationToken cancellation)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            using var logs = Logs(parsed.GetValue(JsonLogs));
            var sources = new ProcessSources(time, random, logs, error);
            if (!parsed.GetValue(InCluster))
            {
                await StandaloneController.RunAsync(Standalone(parsed), sources, cancellation).ConfigureAwait(false);
                return Succeeded;
            }
            if (await SettingsAsync(parsed.GetValue(SettingsPath), error, cancellation).ConfigureAwait(false) is not { } settings)
                return Usage;
            var controller = new ClusterController(Cluster(parsed), settings, sources);
            await using var controllerEnds = controller.ConfigureAwait(false);
            await controller.RunAsync(cancellation).ConfigureAwait(false);
            return Succeeded;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Succeeded;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or FormatException or CryptographicException or InvalidDataException
            or k8s.Exceptions.KubeConfigException or k8s.Exceptions.KubernetesClientException or System.Data.Common.DbException)
        {
            await error.WriteLineAsync($"kdoctor controller: {refused.Message}").ConfigureAwait(false);
            return Usage;
        }
    }

    private static StandaloneController.Options Standalone(ParseResult parsed) => new()
    {
        Kubernetes = KubeconfigChoice.Read(parsed.GetValue(Kubeconfig), parsed.GetValue(Context), Environment.GetEnvironmentVariable),
        Listen = IPEndPoint.Parse(parsed.GetRequiredValue(Listen)),
        Data = parsed.GetRequiredValue(Data),
        TokenFile = parsed.GetValue(Token),
        Certificate = parsed.GetValue(Certificate),
        Key = parsed.GetValue(Key),
        Authority = parsed.GetValue(Authority),
        Lease = parsed.GetValue(Lease) is { } lease ? LeaseName.Parse(lease) : null,
        Postgres = Environment.GetEnvironmentVariable(PostgresRoundStore.Variable),
    };

    // A kubeconfig that is named lets a controller run outside its pod, for whoever works on it.
    private static ClusterControllerOptions Cluster(ParseResult parsed) => new()
    {
        Kubernetes = parsed.GetValue(Kubeconfig) is { } kubeconfig
            ? KubeconfigChoice.Read(kubeconfig, parsed.GetValue(Context), Environment.GetEnvironmentVariable)
            : KubernetesClientConfiguration.InClusterConfig(),
        Namespace = parsed.GetValue(Namespace) ?? (File.Exists(NamespaceFile) ? File.ReadAllText(NamespaceFile).Trim() : ClusterNames.Namespace),
        JoinTokenFile = parsed.GetValue(Token),
        Identity = Environment.GetEnvironmentVariable("POD_NAME") ?? Environment.MachineName,
        Address = IPAddress.TryParse((Environment.GetEnvironmentVariable("POD_IP") ?? Environment.GetEnvironmentVariable("POD_IPS"))?.Split(',')[0], out var address) ? address : IPAddress.Loopback,
        Postgres = Environment.GetEnvironmentVariable(PostgresRoundStore.Variable),
    };

    private static async Task<ControllerSettings?> SettingsAsync(string? named, TextWriter error, CancellationToken cancellation)
    {
        var path = named ?? ClusterNames.SettingsFile;
        var text = named is null && !File.Exists(path) ? "" : await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false);
        var (settings, problems) = SettingsReader.Read(text);
        foreach (var problem in problems)
            await error.WriteLineAsync(problem.InFile(path)).ConfigureAwait(false);
        return settings;
    }

    private static ILoggerFactory Logs(bool json) => LoggerFactory.Create(logging =>
    {
        // A line per request and per listener is the web server's business, until something is wrong.
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // A host that does not start says so in an exception, which is told in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        if (json)
            logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        else
            logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ ", true));
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
