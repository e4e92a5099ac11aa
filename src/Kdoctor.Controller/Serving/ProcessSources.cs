using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary>What a controller's process was given.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Random">For the jitter of retries.</param>
/// <param name="Logs">Where to log.</param>
/// <param name="Error">For messages to whoever started it.</param>
internal sealed record ProcessSources(TimeProvider Time, Random Random, ILoggerFactory Logs, TextWriter Error);
