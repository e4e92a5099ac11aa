using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Core.Planning;

namespace Kdoctor.Agent.Hosting;

/// <summary><c>kdoctor agent</c>: joins a controller with a token and a pin.</summary>
public static class AgentCommand
{
    private const int Succeeded = 0;
    private const int Usage = 2;

    /// <summary>The command.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="random">For nonces and the jitter of redialling.</param>
    public static Command Create(TimeProvider time, Random random)
    {
        var controller = new Option<string[]>("--controller") { Description = "Where the controller is; may be given several times.", HelpName = "[https://]HOST:PORT", Required = true };
        var token = new Option<string>("--join-token-file") { Description = "The secret that lets agents join.", HelpName = "FILE", Required = true };
        var pin = new Option<string?>("--ca-pin") { Description = "The pin of the controller's authority, as the controller prints it.", HelpName = "sha256:HEX" };
        var authority = new Option<string?>("--ca-file") { Description = "The certificate of the controller's authority, PEM.", HelpName = "FILE" };
        var echo = new Option<string[]>("--listen") { Description = "An address on which peers reach this agent's echo; may be given several times.", HelpName = "IP", DefaultValueFactory = _ => ["127.0.0.1"] };
        var port = new Option<int>("--echo-port") { Description = "The echo's port; 0 for any free one.", HelpName = "PORT", DefaultValueFactory = _ => 0 };
        var name = new Option<string?>("--name") { Description = "The name that reports give this agent; default: the host's.", HelpName = "NAME" };
        var node = new Option<string?>("--node") { Description = "The node that it runs on; default: the host's name.", HelpName = "NAME" };
        var identity = new Option<string?>("--id") { Description = "Its identity, the same after every restart; default: derived from /etc/machine-id, else kept in the state file.", HelpName = "ID" };
        var state = new Option<string>("--state-file") { Description = "Where an identity that had to be made is kept.", HelpName = "FILE", DefaultValueFactory = _ => "kdoctor-agent-id" };
        var command = new Command("agent", "Run an agent: answer its peers and probe what the controller asks.") { controller, token, pin, authority, echo, port, name, node, identity, state };
        command.SetAction((parsed, cancellation) => RunAsync(
            () => new AgentOptions
            {
                AgentId = parsed.GetValue(identity) ?? AgentIdentity.Find(parsed.GetRequiredValue(state)),
                Name = parsed.GetValue(name) ?? Environment.MachineName,
                NodeName = parsed.GetValue(node) ?? Environment.MachineName,
                Controllers = [.. parsed.GetRequiredValue(controller).Select(address => new Uri(address.StartsWith("https://", StringComparison.Ordinal) ? address : $"https://{address}"))],
                JoinToken = File.ReadAllText(parsed.GetRequiredValue(token)).Trim(),
                Authority = parsed.GetValue(authority) is { } file ? X509CertificateLoader.LoadCertificateFromFile(file) : null,
                AuthorityPin = parsed.GetValue(pin),
                Echo = Bindings(parsed.GetRequiredValue(echo), parsed.GetValue(port)),
            },
            parsed.InvocationConfiguration.Error, time, random, cancellation));
        return command;
    }

    // Until then the reasons why it is not welcome are in the log.
    private static async Task TellWelcomeAsync(AgentHost agent, TextWriter error, CancellationToken cancellation)
    {
        await agent.Welcomed.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (agent.Welcomed.IsCompletedSuccessfully)
            await error.WriteLineAsync($"agent {agent.AgentId} has joined").ConfigureAwait(false);
    }

    private static ImmutableArray<EchoBinding> Bindings(string[] addresses, int port) =>
        [.. addresses.Select(address => new EchoBinding(EchoAddress.PrimaryNetwork, new IPEndPoint(IPAddress.Parse(address), port)))];

    private static async Task<int> RunAsync(Func<AgentOptions> read, TextWriter error, TimeProvider time, Random random, CancellationToken cancellation)
    {
        try
        {
            var options = read();
            using var logs = new LineLoggers(error, time);
            var site = new AgentSite(time, new Random(random.Next()), logs, sharingAgents: 1);
            await using var siteEnds = site.ConfigureAwait(false);
            await site.WarmUpAsync(cancellation).ConfigureAwait(false);
            var agent = AgentHost.Start(options, site, random);
            await using var agentEnds = agent.ConfigureAwait(false);
            await error.WriteLineAsync($"agent {agent.AgentId} answers on {string.Join(", ", agent.Addresses.Select(address => new IPEndPoint(IPAddress.Parse(address.Ip), address.Port)))}").ConfigureAwait(false);
            await TellWelcomeAsync(agent, error, cancellation).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Succeeded;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or FormatException or CryptographicException
            or System.Net.Sockets.SocketException)
        {
            await error.WriteLineAsync($"kdoctor agent: {refused.Message}").ConfigureAwait(false);
            return Usage;
        }
    }
}
