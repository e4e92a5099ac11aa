namespace Kdoctor.TestKit.Processes;

/// <summary>A finished run of the executable.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of stdout.</param>
/// <param name="Errors">All of stderr.</param>
public sealed record KdoctorResult(int ExitCode, string Output, string Errors);
