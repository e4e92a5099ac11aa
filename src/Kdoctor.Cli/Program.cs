#pragma warning disable RS0030 // The one place that names the real clock and draws the seed.
using Kdoctor.Cli;

return await CommandLine.InvokeAsync(args, new CliContext
{
    Time = TimeProvider.System,
    Chance = new Random(),
    Input = Console.In,
    Output = Console.Out,
    Error = Console.Error,
    OutputIsTerminal = !Console.IsOutputRedirected,
    ErrorIsTerminal = !Console.IsErrorRedirected,
    TerminalWidth = Console.IsOutputRedirected && Console.IsErrorRedirected ? null : Console.WindowWidth,
    Environment = Environment.GetEnvironmentVariable,
});
