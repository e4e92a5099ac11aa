using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Load;

/// <summary>
/// One request under way, of whatever protocol; pooled by its probe. It ends exactly once: by a call of <see cref="LoadEngine.End"/>, or by
/// <see cref="Abandon"/>.
/// </summary>
internal abstract class Attempt
{
    /// <summary>Who is told of the end; set while the attempt is under way.</summary>
    internal LoadEngine? Engine { get; set; }

    /// <summary>The target's place among the run's targets.</summary>
    internal int Slot { get; set; }

    /// <summary>When the timetable wanted it to start.</summary>
    internal long IntendedNs { get; set; }

    /// <summary>When it did start.</summary>
    internal long BegunNs { get; set; }

    /// <summary>Its neighbours among the outstanding ones, which are in the order of their deadlines.</summary>
    internal Attempt? Earlier { get; set; }

    internal Attempt? Later { get; set; }

    /// <summary>Begins it; it may end within the call.</summary>
    internal abstract void Begin();

    /// <summary>Its deadline passed: it ends now, by its own words.</summary>
    internal abstract void TimeOut();

    /// <summary>The run is cut short: release everything, report nothing.</summary>
    internal abstract void Abandon();

    /// <summary>What a person should know of the failure beyond stage and cause; asked only for failures that are sampled.</summary>
    internal abstract string Describe();
}

/// <summary>How one attempt ended.</summary>
/// <param name="Failure">Stage and cause; null for a success.</param>
/// <param name="EndNs">When, by the loop's clock.</param>
/// <param name="Status">The status code of a complete answer.</param>
/// <param name="Backend">The identity that answered.</param>
/// <param name="BodyBytes">How much body came.</param>
/// <param name="ReplyCode">The reply code of a complete DNS answer.</param>
/// <param name="Phases">The parts of a success; all absent where the probe does not tell them apart.</param>
internal readonly record struct AttemptEnd(
    Failure? Failure, long EndNs, int? Status = null, string? Backend = null, long BodyBytes = 0, int? ReplyCode = null, PhaseTimes Phases = default);

/// <summary>What sends requests to one target during one run.</summary>
internal abstract class Probe
{
    /// <summary>The address that the target's name led to; null for literals, and for names that led nowhere.</summary>
    internal virtual string? ResolvedAddress => null;

    /// <summary>Further addresses that it led to, and that are not asked.</summary>
    internal virtual IReadOnlyList<string> OtherAddresses => [];

    /// <summary>Answers so far that belonged to no request under way.</summary>
    internal virtual long StrayAnswers => 0;

    /// <summary>The certificates so far that the target showed and that nobody verified.</summary>
    internal virtual IReadOnlyList<PeerCertificate> Certificates => [];

    /// <summary>Connections so far that were closed only because enough were kept.</summary>
    internal virtual long SurplusConnections => 0;

    /// <summary>Requests so far that their peer said it had not processed, and that were put on another connection.</summary>
    internal virtual long MovedRequests => 0;

    /// <summary>An attempt, new or used before.</summary>
    internal abstract Attempt Rent();

    /// <summary>The run is over: release what is kept between requests.</summary>
    internal abstract void Finish();
}
