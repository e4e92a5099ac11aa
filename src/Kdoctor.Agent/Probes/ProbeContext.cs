namespace Kdoctor.Agent.Probes;

/// <summary>What the process gives a probe.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Chance">Where ids and nonces come from.</param>
/// <param name="Output">For what was found.</param>
/// <param name="Error">For everything else.</param>
/// <param name="ErrorIsTerminal">Whether a person's terminal is behind <paramref name="Error"/>, for a line that is drawn over.</param>
public sealed record ProbeContext(TimeProvider Time, Random Chance, TextWriter Output, TextWriter Error, bool ErrorIsTerminal);
