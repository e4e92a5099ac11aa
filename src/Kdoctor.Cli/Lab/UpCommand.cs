using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Lab;

/// <summary><c>kdoctor up</c>: the lab as a service, until interrupted.</summary>
internal static class UpCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CliContext context)
    {
        var nodes = new Option<int>("--nodes")
        {
            Description = $"How many nodes, each with an agent: 0 to {LabOptions.MaxNodes}; 0 for a mesh of agents on other hosts alone.",
            HelpName = "N",
            DefaultValueFactory = _ => LabOptions.DefaultNodes,
        };
        var listen = new Option<IPEndPoint>("--listen")
        {
            Description = "Where the Kubernetes API is served; agents of other hosts are served on the port after it.",
            HelpName = "ADDR[:PORT]",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, LabOptions.DefaultApiPort),
            CustomParser = ParseAddress,
        };
        var data = new Option<string>("--data")
        {
            Description = "The folder for kubeconfig, certificates, tasks and reports.",
            HelpName = "DIR",
            DefaultValueFactory = _ => DefaultData(context),
        };
        var command = new Command("up", "Serve a lab on this machine until interrupted: a Kubernetes API for kubectl, a controller and agents.") { nodes, listen, data };
        command.Validators.Add(result =>
        {
            if (result.GetResult(nodes)?.GetValueOrDefault<int>() is (< 0 or > LabOptions.MaxNodes) and var wrong)
                result.AddError($"--nodes {wrong}: a lab has 0 to {LabOptions.MaxNodes} nodes");
        });
        command.SetAction((parsed, cancellation) =>
        {
            var api = parsed.GetRequiredValue(listen);
            var options = new LabOptions
            {
                Nodes = parsed.GetValue(nodes),
                Listen = api,
                ListenForAgents = new IPEndPoint(api.Address, api.Port == 0 ? 0 : api.Port + 1),
                Data = parsed.GetRequiredValue(data),
            };
            return ServeAsync(options, context, cancellation);
        });
        return command;
    }

    private static async Task<int> ServeAsync(LabOptions options, CliContext context, CancellationToken cancellation)
    {
        try
        {
            await using var lab = await Lab.StartAsync(options, context, cancellation);
            foreach (var line in lab.Welcome())
                await context.Error.WriteLineAsync(line);
            var interrupted = new TaskCompletionSource();
            await using var _ = cancellation.Register(interrupted.SetResult);
            await interrupted.Task;
            await context.Error.WriteLineAsync("kdoctor: going down");
            return ExitCodes.Succeeded;
        }
        catch (LabException refused)
        {
            await context.Error.WriteLineAsync($"kdoctor: {refused.Message}");
            return ExitCodes.NoVerdict;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Succeeded;
        }
    }

    private static string DefaultData(CliContext context) => Path.Combine(
        context.Environment("XDG_DATA_HOME") is { Length: > 0 } home ? home : Path.Combine(context.Environment("HOME") ?? ".", ".local", "share"), "kdoctor");

    private static IPEndPoint? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (IPEndPoint.TryParse(text, out var address) && address.Port < IPEndPoint.MaxPort)
            return text.Contains(']', StringComparison.Ordinal) || text.Count(character => character == ':') == 1 || address.Port != 0
                ? address
                : new IPEndPoint(address.Address, LabOptions.DefaultApiPort);
        result.AddError($"--listen {text}: write an address with or without a port below {IPEndPoint.MaxPort}, as in 127.0.0.1, 0.0.0.0:7443 or [::]:7443");
        return null;
    }
}
