using System.Collections.Immutable;
using Kdoctor.Core.Metrics;

namespace Kdoctor.Agent.Metrics;

/// <summary>Every metric of an agent. A page of the documentation names them all, as a test sees to.</summary>
internal static class AgentMetrics
{
    public static readonly MetricFamily Connected = new("kdoctor_agent_connected", MetricType.Gauge, "1 while the agent's stream to a controller is open, else 0.");

    public static readonly MetricFamily Rounds = new("kdoctor_agent_rounds_running", MetricType.Gauge, "Rounds that run on the agent now.");

    public static readonly MetricFamily Load = new("kdoctor_agent_load_requests_per_second", MetricType.Gauge, "Requests per second that the running rounds ask for, by kind of task.", "kind");

    public static readonly MetricFamily Sent = new("kdoctor_agent_requests_sent_total", MetricType.Counter, "Requests begun.");

    public static readonly MetricFamily Failed = new("kdoctor_agent_requests_failed_total", MetricType.Counter, "Requests that failed.");

    public static readonly MetricFamily Unsent = new("kdoctor_agent_requests_unsent_total", MetricType.Counter, "Requests of ended rounds that the agent could not begin in time: it is overloaded.");

    public static readonly MetricFamily Late = new("kdoctor_agent_requests_late_total", MetricType.Counter, "Requests of ended rounds begun more than 50 ms after their time: the agent's own lateness.");

    public static readonly MetricFamily ShardsKept = new("kdoctor_agent_shards_waiting", MetricType.Gauge, "Results of rounds that no controller has acknowledged yet.");

    public static readonly MetricFamily ShardsDropped = new("kdoctor_agent_shards_dropped_total", MetricType.Counter, "Results of rounds given up because no controller took them.");

    public static readonly MetricFamily EchoConnections = new("kdoctor_agent_echo_connections", MetricType.Gauge, "Connections of peers that are open now.");

    public static readonly MetricFamily EchoRequests = new("kdoctor_agent_echo_requests_total", MetricType.Counter, "Requests of peers answered as they asked.");

    public static readonly MetricFamily EchoRefused = new("kdoctor_agent_echo_refused_total", MetricType.Counter, "Requests of peers answered with an error, and connections turned away for lack of room.");

    public static readonly MetricFamily Memory = new("process_resident_memory_bytes", MetricType.Gauge, "Resident memory of the process.");

    public static readonly MetricFamily Processor = new("process_cpu_seconds_total", MetricType.Counter, "Processor time of the process, user and kernel.");

    /// <summary>All of them.</summary>
    public static ImmutableArray<MetricFamily> All { get; } =
        [Connected, Rounds, Load, Sent, Failed, Unsent, Late, ShardsKept, ShardsDropped, EchoConnections, EchoRequests, EchoRefused, Memory, Processor, MetricPage.LeftOut];
}
