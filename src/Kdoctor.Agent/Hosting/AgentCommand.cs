using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Kdoctor.Core.Planning;

namespace Kdoctor.Agent.Hosting;

/// <summary><c>kdoctor agent</c>: joins a controller with a token and a pin; in a pod, with what its template gives it.</summary>
public static class AgentCommand
{
    /// <summary>How long a stopping process may take before it is ended by force: beyond any <see cref="AgentOptions.StopWithin"/>.</summary>
    public static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(61);

    /// <summary>The command.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="random">For nonces and the jitter of redialling.</param>
    /// <param name="environment">Reads an environment variable: in a pod, all settings come from there.</param>
    public static Command Create(TimeProvider time, Random random, Func<string, string?> environment)
    {
        var controller = new Option<string[]>("--controller") { Description = "Where the controller is; may be given several times.", HelpName = "[https://]HOST:PORT" };
        var token = new Option<string>("--join-token-file") { Description = "The secret that lets agents join.", HelpName = "FILE" };
        var pin = new Option<string?>("--ca-pin") { Description = "The pin of the controller's authority, as the controller prints it.", HelpName = "sha256:HEX" };
        var authority = new Option<string?>("--ca-file") { Description = "The certificate of the controller's authority, PEM.", HelpName = "FILE" };
        var echo = new Option<string[]>("--listen") { Description = "An address on which peers reach this agent's echo; may be given several times.", HelpName = "IP", DefaultValueFactory = _ => ["127.0.0.1"] };
        var port = new Option<int>("--echo-port") { Description = "The echo's port; 0 for any free one.", HelpName = "PORT", DefaultValueFactory = _ => 0 };
        var name = new Option<string?>("--name") { Description = "The name that reports give this agent; default: the host's.", HelpName = "NAME" };
        var node = new Option<string?>("--node") { Description = "The node that it runs on; default: the host's name.", HelpName = "NAME" };
        var identity = new Option<string?>("--id") { Description = "Its identity, the same after every restart; default: derived from /etc/machine-id, else kept in the state file.", HelpName = "ID" };
        var state = new Option<string>("--state-file") { Description = "Where an identity that had to be made is kept.", HelpName = "FILE", DefaultValueFactory = _ => "kdoctor-agent-id" };
        var command = new Command("agent", "Run an agent: answer its peers and probe what the controller asks.") { controller, token, pin, authority, echo, port, name, node, identity, state };
        command.Validators.Add(parsed =>
        {
            if (!InPod(parsed, controller, environment) && (parsed.GetResult(controller) is null || parsed.GetResult(token) is null))
                parsed.AddError("--controller and --join-token-file are needed outside a pod");
            foreach (var address in Given(parsed, controller).Where(address => AddressOf(address) is null))
                parsed.AddError($"--controller {address}: must be an https address with a host and a port, for example 10.0.0.5:7444");
            foreach (var address in Given(parsed, echo).Where(address => !IPAddress.TryParse(address, out _)))
                parsed.AddError($"--listen {address}: must be an IP address, for example 10.0.0.6");
            if (parsed.GetResult(port)?.GetValueOrDefault<int>() is (< 0 or > IPEndPoint.MaxPort) and var wrong)
                parsed.AddError($"--echo-port {wrong}: must be 0 to {IPEndPoint.MaxPort}");
        });
        command.SetAction((parsed, cancellation) => AgentProcess.RunAsync(
            () => InPod(parsed.CommandResult, controller, environment) ? PodSettings.Read(environment) : new AgentOptions
            {
                AgentId = parsed.GetValue(identity) ?? AgentIdentity.Find(parsed.GetRequiredValue(state)),
                Name = parsed.GetValue(name) ?? Environment.MachineName,
                NodeName = parsed.GetValue(node) ?? Environment.MachineName,
                Controllers = [.. parsed.GetRequiredValue(controller).Select(address => AddressOf(address)!)],
                JoinToken = File.ReadAllText(parsed.GetRequiredValue(token)).Trim(),
                Authority = parsed.GetValue(authority) is { } file ? CertificateFile.Read("--ca-file", file) : null,
                AuthorityPin = parsed.GetValue(pin),
                Echo = Bindings(parsed.GetRequiredValue(echo), parsed.GetValue(port)),
            },
            parsed.InvocationConfiguration.Error, time, random, cancellation));
        return command;
    }

    // A controller that is named on the command line is a wish to join it, wherever the process runs.
    private static bool InPod(CommandResult parsed, Option controller, Func<string, string?> environment) =>
        parsed.GetResult(controller) is null && PodSettings.ArePresent(environment);

    // What was written; nothing where the default holds.
    private static string[] Given(CommandResult parsed, Option<string[]> option) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) ?? [] : [];

    // Null for what is no address of a controller.
    private static Uri? AddressOf(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}", UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps ? address : null;

    private static ImmutableArray<EchoBinding> Bindings(string[] addresses, int port) =>
        [.. addresses.Select(address => new EchoBinding(EchoAddress.PrimaryNetwork, new IPEndPoint(IPAddress.Parse(address), port)))];
}
