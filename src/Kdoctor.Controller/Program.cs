#pragma warning disable RS0030 // The one place that names the real clock and draws the seed.
using System.CommandLine;
using Kdoctor.Controller.Serving;
using Kdoctor.Core.Arguments;

var command = ControllerCommand.Create(TimeProvider.System, new Random());
var root = new RootCommand(command.Description ?? "");
foreach (var option in command.Options)
    root.Options.Add(option);
root.Validators.AddRange(command.Validators);
root.Action = command.Action;

// A controller that is told to stop takes a moment to hand over; a pod has 30 s.
return await Invocation.RunAsync(root, "kdoctor-controller", args, new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(25) });
