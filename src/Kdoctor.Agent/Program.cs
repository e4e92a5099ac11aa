#pragma warning disable RS0030 // The one place that names the real clock and draws the seed.
using System.CommandLine;
using Kdoctor.Agent.Apps;
using Kdoctor.Agent.Hosting;

var command = AgentCommand.Create(TimeProvider.System, new Random(), Environment.GetEnvironmentVariable);
var root = new RootCommand(command.Description ?? "");
foreach (var option in command.Options)
    root.Options.Add(option);
root.Validators.AddRange(command.Validators);
root.Action = command.Action;
root.Subcommands.Add(ServeCommand.Create(TimeProvider.System));
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = AgentCommand.EndsWithin });
