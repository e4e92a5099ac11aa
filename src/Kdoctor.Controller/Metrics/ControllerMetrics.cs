using System.Collections.Immutable;
using Kdoctor.Core.Metrics;

namespace Kdoctor.Controller.Metrics;

/// <summary>Every metric of a controller. A page of the documentation names them all, as a test sees to.</summary>
internal static class ControllerMetrics
{
    public static readonly MetricFamily Leader = new("kdoctor_leader", MetricType.Gauge, "1 while this controller leads, else 0.");

    public static readonly MetricFamily AgentsConnected = new("kdoctor_agents_connected", MetricType.Gauge, "Agents whose streams to this controller are open; only the one that leads has any.");

    public static readonly MetricFamily AgentsExpected = new("kdoctor_agents_expected", MetricType.Gauge, "Agents that there should be: one per node that can run one, and those of tasks of their own.");

    public static readonly MetricFamily RoundsRunning = new("kdoctor_rounds_running", MetricType.Gauge, "Rounds that this controller runs now.");

    public static readonly MetricFamily Rounds = new("kdoctor_rounds_total", MetricType.Counter, "Rounds that this controller judged, by verdict: succeed, fail or unknown.", "kind", "task", "verdict");

    public static readonly MetricFamily RoundsMissed = new("kdoctor_rounds_missed_total", MetricType.Counter, "Due times that passed without a round.", "kind", "task");

    public static readonly MetricFamily RequestsSent = new("kdoctor_requests_sent_total", MetricType.Counter, "Requests that agents sent in the rounds that this controller judged.", "kind", "task", "channel");

    public static readonly MetricFamily RequestsFailed = new("kdoctor_requests_failed_total", MetricType.Counter, "Those of them that failed.", "kind", "task", "channel");

    public static readonly MetricFamily LastRound = new("kdoctor_task_last_round_status", MetricType.Gauge, "1 for the verdict of the task's latest round that has ended, 0 for the other two.", "kind", "task", "verdict");

    public static readonly MetricFamily LastRoundEnd = new("kdoctor_task_last_round_end_timestamp_seconds", MetricType.Gauge, "When the task's latest round ended, as seconds since 1970: what its report speaks of.", "kind", "task");

    public static readonly MetricFamily StoreDuration = new("kdoctor_store_operation_duration_seconds", MetricType.Histogram, "How long the store of rounds took, by operation.", "operation");

    public static readonly MetricFamily StoreErrors = new("kdoctor_store_errors_total", MetricType.Counter, "Operations of the store that failed, by operation.", "operation");

    public static readonly MetricFamily CertificateExpiry =
        new("kdoctor_certificate_expiry_timestamp_seconds", MetricType.Gauge, "When the certificate that callers see (serving), or its authority's (authority), ends, as seconds since 1970.", "certificate");

    public static readonly MetricFamily Memory = new("process_resident_memory_bytes", MetricType.Gauge, "Resident memory of the process.");

    public static readonly MetricFamily Processor = new("process_cpu_seconds_total", MetricType.Counter, "Processor time of the process, user and kernel.");

    /// <summary>All of them.</summary>
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        Leader, AgentsConnected, AgentsExpected, RoundsRunning, Rounds, RoundsMissed, RequestsSent, RequestsFailed, LastRound, LastRoundEnd, StoreDuration, StoreErrors, CertificateExpiry,
        Memory, Processor, MetricPage.LeftOut,
    ];
}
