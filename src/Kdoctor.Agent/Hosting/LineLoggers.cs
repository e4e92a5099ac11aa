using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Hosting;

/// <summary>Logs as lines of text; the agent carries no larger logging library.</summary>
internal sealed class LineLoggers(TextWriter output, TimeProvider time) : ILoggerFactory
{
    private readonly TextWriter output = TextWriter.Synchronized(output);

    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName[(categoryName.LastIndexOf('.') + 1)..], output, time);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("lines are the only logs of an agent");

    public void Dispose() => output.Flush();

    private sealed class LineLogger(string category, TextWriter output, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}"));
        }
    }
}
