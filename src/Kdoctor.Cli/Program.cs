#pragma warning disable RS0030 // The one place that names the real clock and draws the seed.
using Kdoctor.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

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
    // A host that does not start says so in an exception, which whoever asked for it tells in one line.
    Logs = () => LoggerFactory.Create(logs => logs
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical)
        .SetMinimumLevel(Enum.TryParse<LogLevel>(Environment.GetEnvironmentVariable("KDOCTOR_LOG"), ignoreCase: true, out var level) ? level : LogLevel.Error)
        .AddSimpleConsole(console => console.SingleLine = true)
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace)),
});
