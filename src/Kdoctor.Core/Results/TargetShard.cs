using System.Runtime.InteropServices;

namespace Kdoctor.Core.Results;

/// <summary>
/// What one agent saw of one target in one round. <c>Planned = Sent + Unsent</c> and
/// <c>Sent = Succeeded + Failed + Cancelled</c>, always: a request is in exactly one place.
/// </summary>
/// <remarks>Not thread-safe: the engine's loop is its only writer until the shard is finished.</remarks>
public sealed class TargetShard
{
    /// <summary>How many failure samples are kept; later failures are counted in <see cref="Failures"/> and not sampled.</summary>
    public const int MaxSamples = 5;

    /// <summary>
    /// How many different status codes, backends or reply codes are kept apart; further ones are counted under 0, <see cref="OtherBackends"/> and 4095.
    /// </summary>
    public const int MaxKeys = 256;

    /// <summary>How many different certificates of a server are kept apart; further ones are not looked at.</summary>
    public const int MaxCertificates = 4;

    /// <summary>How many addresses of a name are told of beside the one that is asked.</summary>
    public const int MaxOtherAddresses = 15;

    /// <summary>The key that stands for all backends above <see cref="MaxKeys"/>.</summary>
    public const string OtherBackends = "(others)";

    /// <summary>The target's place in the round's plan.</summary>
    public required int Target { get; init; }

    /// <summary>Requests that the timetable holds.</summary>
    public long Planned { get; set; }

    /// <summary>Requests whose connection attempt was begun.</summary>
    public long Sent { get; set; }

    /// <summary>Requests whose whole, expected answer arrived in time.</summary>
    public long Succeeded { get; set; }

    /// <summary>Planned requests that the agent itself never began: the agent's fault, never the network's.</summary>
    public long Unsent { get; set; }

    /// <summary>Requests that were under way when the round was cut short from outside.</summary>
    public long Cancelled { get; set; }

    /// <summary>Bytes of answer bodies received.</summary>
    public long BodyBytes { get; set; }

    /// <summary>When the first request began; null when none did.</summary>
    public DateTimeOffset? FirstSent { get; set; }

    /// <summary>When the last request ended; null when none did.</summary>
    public DateTimeOffset? LastEnded { get; set; }

    /// <summary>The address that the target's name led to in this round; null for targets that are addresses.</summary>
    public string? ResolvedAddress { get; set; }

    /// <summary>Further addresses that the name led to, and that nobody asked; at most <see cref="MaxOtherAddresses"/>.</summary>
    public IReadOnlyList<string> OtherAddresses { get; set; } = [];

    /// <summary>Nanoseconds from the intended start of a request to the end of its answer; successes only.</summary>
    public LatencyHistogram Latency { get; init; } = new();

    /// <summary>
    /// Nanoseconds from the actual start of a request (its connection's, where it opens one) to the end of its answer; successes only. What
    /// <see cref="Latency"/> has beyond it is the agent's own lateness.
    /// </summary>
    public LatencyHistogram SendLatency { get; init; } = new();

    /// <summary>The parts that the successes' time went to, from their actual start.</summary>
    public PhaseLatencies Phases { get; init; } = new();

    /// <summary>Failed requests by stage and cause.</summary>
    public Dictionary<Failure, long> Failures { get; init; } = [];

    /// <summary>Complete answers by status code, whether expected or not.</summary>
    public Dictionary<int, long> Statuses { get; init; } = [];

    /// <summary>Echo answers by the identity that answered.</summary>
    public Dictionary<string, long> Backends { get; init; } = [];

    /// <summary>Complete DNS answers by reply code, whether expected or not.</summary>
    public Dictionary<int, long> ReplyCodes { get; init; } = [];

    /// <summary>Answers received that belonged to no request under way: late ones, and ones with a wrong id or question. They end no request.</summary>
    public long StrayAnswers { get; set; }

    /// <summary>Connections that their peers would have kept, closed after their answer because enough lay open already; a later request opens another.</summary>
    public long SurplusConnections { get; set; }

    /// <summary>
    /// Times that an HTTP/2 request was put on another connection because the server ended the first in order and said that it had not processed the request
    /// (GOAWAY). It stays one request, with its intended start and its timeout.
    /// </summary>
    public long MovedRequests { get; set; }

    /// <summary>The certificates that the server showed and that nobody verified, in the order in which they came, at most <see cref="MaxCertificates"/>.</summary>
    public IReadOnlyList<PeerCertificate> Certificates { get; set; } = [];

    /// <summary>The first failures, at most <see cref="MaxSamples"/>.</summary>
    public List<FailureSample> Samples { get; init; } = [];

    /// <summary>Requests that failed, of whatever stage and cause.</summary>
    public long Failed => Failures.Values.Sum();

    /// <summary>Counts one failed request and keeps a sample of it while there is room.</summary>
    public void Fail(FailureSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        CountFailure(sample.Failure);
        if (Samples.Count < MaxSamples)
            Samples.Add(sample);
    }

    /// <summary>Counts one failed request without a sample: a storm of failures costs no more memory than the first few.</summary>
    public void CountFailure(Failure failure) => CollectionsMarshal.GetValueRefOrAddDefault(Failures, failure, out _)++;

    /// <summary>Counts one complete answer under its status code.</summary>
    public void CountStatus(int status) => Count(Statuses, status, 0);

    /// <summary>Counts one echo answer under the identity that it gave.</summary>
    public void CountBackend(string agentId) => Count(Backends, agentId, OtherBackends);

    /// <summary>Counts one complete DNS answer under its reply code.</summary>
    public void CountReplyCode(int code) => Count(ReplyCodes, code, ReplyCode.Max);

    private static void Count<TKey>(Dictionary<TKey, long> counts, TKey key, TKey overflow)
        where TKey : notnull
    {
        if (counts.Count >= MaxKeys && !counts.ContainsKey(key))
            key = overflow;
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
    }
}
