namespace Kdoctor.Core.Results;

/// <summary>One failed request, kept as evidence.</summary>
/// <param name="Intended">When the timetable wanted the request to start.</param>
/// <param name="Failure">Stage and cause.</param>
/// <param name="Text">What a person should know beyond stage and cause, for example the status code or identity received; may be empty.</param>
/// <param name="Elapsed">From the intended start to the failure.</param>
public sealed record FailureSample(DateTimeOffset Intended, Failure Failure, string Text, TimeSpan Elapsed);
