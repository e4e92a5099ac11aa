#pragma warning disable RS0030 // The one place that names the real clock and draws the seed.
using System.CommandLine;
using Kdoctor.Agent.Apps;
using Kdoctor.Agent.Hosting;
using Kdoctor.Agent.Probes;
using Kdoctor.Core.Arguments;

var command = AgentCommand.Create(TimeProvider.System, new Random(), Environment.GetEnvironmentVariable);
var root = new RootCommand(command.Description ?? "")
{
    ProbeCommand.Create(new ProbeContext(TimeProvider.System, new Random(), new StandardOutput(Console.Out), Console.Error, !Console.IsErrorRedirected)),
    ServeCommand.Create(TimeProvider.System),
};
foreach (var option in command.Options)
    root.Options.Add(option);
root.Validators.AddRange(command.Validators);
root.Action = command.Action;
return await Invocation.RunAsync(root, "kdoctor-agent", args, new InvocationConfiguration { ProcessTerminationTimeout = AgentCommand.EndsWithin });
