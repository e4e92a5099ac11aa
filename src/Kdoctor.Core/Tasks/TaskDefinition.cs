using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Core.Addresses;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks;

/// <summary>The kinds of task, named as manifests name them.</summary>
public enum TaskKind
{
    /// <summary>Does every agent reach every agent?</summary>
    NetReach = 1,

    /// <summary>Is this HTTP address healthy from every corner?</summary>
    AppHttpHealthy = 2,

    /// <summary>Does DNS answer everywhere?</summary>
    Netdns = 3,
}

/// <summary>A validated task. It cannot exist in an invalid state, and past it nothing branches on the kind.</summary>
public sealed record TaskDefinition
{
    /// <summary>The task object's uid; <c>KIND/NAME</c> where no server has stored it.</summary>
    public required string Uid { get; init; }

    /// <summary>The task object's name.</summary>
    public required string Name { get; init; }

    /// <summary>For names in reports; not to be branched on.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>The generation of the spec.</summary>
    public required long Generation { get; init; }

    /// <summary>When the task object was created, the Unix epoch where no server has stored it: the schedule counts from here.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When rounds are due.</summary>
    public required RoundSchedule Schedule { get; init; }

    /// <summary>How many rounds to run, at least 1; null for ever.</summary>
    public required int? Rounds { get; init; }

    /// <summary>How long after its due time a round ends at the latest, where the next one is not due before: <see cref="TimeoutAt"/>.</summary>
    public required TimeSpan RoundTimeout { get; init; }

    /// <summary>The load from each agent on each target.</summary>
    public required LoadPlan Load { get; init; }

    /// <summary>What the user expects of every target.</summary>
    public required Expectation Expect { get; init; }

    /// <summary>What to reach.</summary>
    public required ImmutableArray<TargetQuery> Targets { get; init; }

    /// <summary>Which addresses its targets may have; the agents see to it, for only they know where a name leads.</summary>
    public AddressRule Addresses { get; init; } = AddressRule.Strict;

    /// <summary>Which nodes' agents take part; null for all.</summary>
    public NodeSelector? SourceNodes { get; init; }

    /// <summary>The agents that it wants of its own; null for the default ones.</summary>
    public AgentSpec? OwnAgents { get; init; }

    /// <summary>The Secrets and ConfigMaps that it names: whoever makes or changes the task must be allowed to read them.</summary>
    public IEnumerable<ObjectReference> References => Targets.OfType<HttpQuery>().SelectMany(query => RequestMaterial.ReferencesOf(query.Request)).Distinct();

    /// <summary>How long the round due at <paramref name="due"/> may take: <see cref="RoundTimeout"/>, but not until another one is due.</summary>
    public TimeSpan TimeoutAt(DateTimeOffset due) => Schedule.RoomAt(due) is { } room && room < RoundTimeout ? room : RoundTimeout;

    /// <summary>The spec as the user wrote it, with defaults filled in, for the report.</summary>
    public required JsonObject Spec { get; init; }
}

/// <summary>What the user expects of every target.</summary>
/// <param name="SuccessRate">0..1, the least share of successes among the requests sent.</param>
/// <param name="MeanDelay">The greatest mean latency of successes.</param>
public sealed record Expectation(double SuccessRate, TimeSpan MeanDelay);

/// <summary>Something to reach, not yet an address: the planner turns it into targets.</summary>
public abstract record TargetQuery;

/// <summary>Every agent reaches the agents over one channel and family.</summary>
/// <param name="Channel">One of the mesh's channels.</param>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="KeepAlive">Whether connections are kept for the next request.</param>
public sealed record MeshQuery(Channel Channel, IpFamily Family, bool KeepAlive = false) : TargetQuery;

/// <summary>Every agent reaches one HTTP application.</summary>
/// <param name="Url">Absolute, http or https.</param>
/// <param name="Request">The request to send there.</param>
/// <param name="Note">What a reader of the report should know of it; null for nothing.</param>
public sealed record HttpQuery(Uri Url, HttpRequestPlan Request, string? Note) : TargetQuery;

/// <summary>Every agent asks one DNS server.</summary>
/// <param name="Server">An address literal, or a host name.</param>
/// <param name="Port">1..65535.</param>
/// <param name="Request">The question.</param>
public sealed record DnsQuery(string Server, int Port, DnsRequestPlan Request) : TargetQuery;

/// <summary>Every agent asks a DNS service of the cluster, at its own address and at that of each replica.</summary>
/// <param name="Service">The service; null for the cluster's own.</param>
/// <param name="Family">Over which family it is asked.</param>
/// <param name="Request">The question.</param>
public sealed record DnsServiceQuery(ServiceReference? Service, IpFamily Family, DnsRequestPlan Request) : TargetQuery;
