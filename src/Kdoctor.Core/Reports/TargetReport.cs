namespace Kdoctor.Core.Reports;

/// <summary>What one agent measured at one target.</summary>
public sealed record TargetReport
{
    /// <summary>For example <c>AgentPodV4IP_agent-1_127.10.0.1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The channel, for example <c>podIP</c>.</summary>
    public required string Channel { get; init; }

    /// <summary><c>IPv4</c> or <c>IPv6</c>; for a name that of the address it led to, null when it led nowhere.</summary>
    public string? Family { get; init; }

    /// <summary>The URL asked; absent for DNS.</summary>
    public string? Url { get; init; }

    /// <summary>The method; absent for DNS.</summary>
    public string? Method { get; init; }

    /// <summary>The DNS server asked, with its port; absent for HTTP.</summary>
    public string? RequestServer { get; init; }

    /// <summary><c>udp</c>, <c>tcp</c> or <c>tcp-tls</c>; absent for HTTP.</summary>
    public string? Protocol { get; init; }

    /// <summary>The agent that had to answer; null where any could.</summary>
    public string? DestinationAgent { get; init; }

    /// <summary>The node that the target belongs to; null for addresses of the whole cluster.</summary>
    public string? DestinationNode { get; init; }

    /// <summary>Whether every expectation was tested and met.</summary>
    public required bool RequestSucceed { get; init; }

    /// <summary><c>succeed</c>, <c>fail</c> or <c>unknown</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Mean latency of successes, in milliseconds; null when there is none.</summary>
    public double? RequestMeanDelay { get; init; }

    /// <summary>Successes over requests sent, 0..1; null when none was sent.</summary>
    public double? RequestSucceedRate { get; init; }

    /// <summary>Every expectation not met, each with both numbers; null when there is none.</summary>
    public string? FailureReason { get; init; }

    /// <summary>The numbers.</summary>
    public required TargetMetrics RequestTargetMetrics { get; init; }
}

/// <summary>The numbers of one agent at one target.</summary>
public sealed record TargetMetrics
{
    /// <summary>When the first request was sent; null when none was.</summary>
    public DateTimeOffset? RequestStartTime { get; init; }

    /// <summary>When the last request ended; null when none was sent.</summary>
    public DateTimeOffset? RequestEndTime { get; init; }

    /// <summary>Between the two, for example <c>9.902s</c>.</summary>
    public string? RequestDuration { get; init; }

    /// <summary>Requests sent.</summary>
    public required long RequestCounts { get; init; }

    /// <summary>Successes.</summary>
    public required long SuccessCounts { get; init; }

    /// <summary>Failures.</summary>
    public required long FailedCounts { get; init; }

    /// <summary>Requests that the agent did not send.</summary>
    public required long UnsentCounts { get; init; }

    /// <summary>Requests sent per second of the request duration; null when none was sent.</summary>
    public double? Tps { get; init; }

    /// <summary>Failures by stage and cause, for example <c>connect: refused</c>.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    /// <summary>Latency of successes from the intended start, in milliseconds; null when there is none.</summary>
    public LatencyReport? Latencies { get; init; }

    /// <summary>Latency of successes from their actual start, in milliseconds: without the agent's own lateness; null when there is none.</summary>
    public LatencyReport? SendLatencies { get; init; }

    /// <summary>Where the time of successes went, from their actual start; null when nothing succeeded.</summary>
    public PhasesReport? Phases { get; init; }

    /// <summary>Whether the agent did not send all that was planned.</summary>
    public required bool ExistsNotSendRequests { get; init; }

    /// <summary>Answer bodies received, for example <c>36968 byte</c>.</summary>
    public required string TotalDataSize { get; init; }

    /// <summary>Complete DNS answers by reply code, for example <c>NOERROR</c>; absent for HTTP.</summary>
    public IReadOnlyDictionary<string, long>? ReplyCode { get; init; }

    /// <summary>DNS answers that belonged to no question under way: late, or with a wrong id or question; absent for HTTP.</summary>
    public long? StrayAnswers { get; init; }

    /// <summary>Connections that were closed after their answer only because more than a thousand lay open already; absent where there were none.</summary>
    public long? SurplusConnections { get; init; }

    /// <summary>Times that an HTTP/2 request went on another connection because the server ended the first and had not processed it (GOAWAY); absent where there were none.</summary>
    public long? MovedRequests { get; init; }

    /// <summary>The name asked for; absent for HTTP.</summary>
    public string? Domain { get; init; }

    /// <summary>The DNS server asked, with its port; absent for HTTP.</summary>
    public string? Server { get; init; }

    /// <summary>For DNS <c>udp</c>, <c>tcp</c> or <c>tcp-tls</c>; absent for HTTP.</summary>
    public string? Method { get; init; }

    /// <summary>Complete answers by status code; absent for DNS.</summary>
    public IReadOnlyDictionary<string, long>? StatusCodes { get; init; }

    /// <summary>Echo answers by the agent that answered; null where answers are not echoes.</summary>
    public IReadOnlyDictionary<string, long>? Backends { get; init; }

    /// <summary>The address that the target's name led to; null for targets that are addresses.</summary>
    public string? ResolvedAddress { get; init; }

    /// <summary>Further addresses that the name led to, at most fifteen; they were not asked. Absent where there were none.</summary>
    public IReadOnlyList<string>? OtherAddresses { get; init; }

    /// <summary>The certificates that the server showed and that nobody verified, at most four; null where there were none.</summary>
    public IReadOnlyList<CertificateReport>? Certificates { get; init; }

    /// <summary>The first failures as evidence, at most five.</summary>
    public IReadOnlyList<FailureReport>? Samples { get; init; }
}

/// <summary>A latency distribution in milliseconds, to the nanosecond where exact (min, max, mean) and within 0.4 % elsewhere.</summary>
public sealed record LatencyReport(
    double P50InMs,
    double P90InMs,
    double P95InMs,
    double P99InMs,
    double MaxInMs,
    double MinInMs,
    double MeanInMs);

/// <summary>The parts of the successes' time; a part that no request had is null.</summary>
/// <param name="Resolve">Until the target's address was known.</param>
/// <param name="Connect">Until the TCP connection was open.</param>
/// <param name="Tls">Until the TLS handshake was done.</param>
/// <param name="FirstByte">From there to the first byte of the answer.</param>
/// <param name="Body">From the first byte to the end of the answer.</param>
public sealed record PhasesReport(PhaseReport? Resolve, PhaseReport? Connect, PhaseReport? Tls, PhaseReport? FirstByte, PhaseReport? Body);

/// <summary>One part, in milliseconds.</summary>
/// <param name="Counts">How many successes had it.</param>
/// <param name="MeanInMs">The mean, exact.</param>
/// <param name="P50InMs">The median, within 0.4 %.</param>
/// <param name="P99InMs">The 99th percentile, within 0.4 %.</param>
/// <param name="MaxInMs">The greatest, exact.</param>
public sealed record PhaseReport(long Counts, double MeanInMs, double P50InMs, double P99InMs, double MaxInMs);

/// <summary>A certificate that a server showed and that nobody verified.</summary>
/// <param name="Names">Whom it is for.</param>
/// <param name="ValidFrom">From when it is valid.</param>
/// <param name="ValidUntil">Until when.</param>
/// <param name="Connections">How many connections it was shown on.</param>
/// <param name="Doubts">What a client that verifies would not take, whoever it trusts; null where there is nothing.</param>
public sealed record CertificateReport(string Names, DateTimeOffset ValidFrom, DateTimeOffset ValidUntil, long Connections, string? Doubts);

/// <summary>One failed request.</summary>
/// <param name="IntendedTime">When the timetable wanted it to start.</param>
/// <param name="Error">Stage and cause.</param>
/// <param name="Detail">What else is known; null when nothing is.</param>
/// <param name="ElapsedInMs">From the intended start to the failure.</param>
public sealed record FailureReport(DateTimeOffset IntendedTime, string Error, string? Detail, double ElapsedInMs);

/// <summary>One channel and family over all agents of a round.</summary>
/// <param name="Channel">For example <c>podIP</c>.</param>
/// <param name="Family"><c>IPv4</c> or <c>IPv6</c>; null for names that led nowhere.</param>
/// <param name="Targets">Targets of the channel.</param>
/// <param name="Requests">Requests over all agents.</param>
/// <param name="Latencies">The merged distribution; null when nothing succeeded.</param>
/// <param name="Errors">Failures by stage and cause.</param>
public sealed record ChannelReport(
    string Channel, string? Family, int Targets, RequestCounts Requests, LatencyReport? Latencies, IReadOnlyDictionary<string, long> Errors)
{
    /// <summary>
    /// How many of the channel's targets led to every backend; null while the round runs, and where a target need not lead to all alike: with session
    /// affinity, a preference for near backends, an ingress, a balancer outside the cluster.
    /// </summary>
    public BackendsReport? Backends { get; init; }
}

/// <summary>Whether each of a channel's targets led to every backend of the agents' service, over all agents.</summary>
/// <param name="Ready">Backends that were ready all along, so that each target must lead to them.</param>
/// <param name="Covered">Targets at which every one of them answered.</param>
/// <param name="Missing">Targets at which some never answered, although that cannot be chance; a finding names them, and the round fails.</param>
/// <param name="Undecided">Targets at which some did not answer, of too few requests to tell.</param>
public sealed record BackendsReport(int Ready, int Covered, int Missing, int Undecided);
