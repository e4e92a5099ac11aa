using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Core.Diagnosis;

/// <summary>
/// Certificates that nobody verified and that no client who does would take: nothing failed by them, and somebody should know. It keeps counts per target
/// and never per agent.
/// </summary>
internal sealed class CertificateTally
{
    private readonly SortedDictionary<(int Target, FailureCause Cause), Doubt> doubts = [];

    /// <summary>What is wrong with a certificate that an agent was shown, as far as it tells itself.</summary>
    public static IEnumerable<(FailureCause Cause, string Words)> Doubts(Target target, TargetShard seen, PeerCertificate shown) =>
        seen.LastEnded is { } at ? shown.Doubts(at, NameAskedFor(target)) : [];

    /// <summary>Takes what an agent saw of a target into account.</summary>
    public void Add(Target target, TargetShard seen)
    {
        foreach (var found in seen.Certificates.SelectMany(shown => Doubts(target, seen, shown)).DistinctBy(doubt => doubt.Cause))
        {
            var known = doubts.GetValueOrDefault((target.Index, found.Cause)) ?? new Doubt(target, found.Cause, found.Words, 0);
            doubts[(target.Index, found.Cause)] = known with { Agents = known.Agents + 1 };
        }
    }

    /// <summary>One finding for each certificate, at however many addresses it was shown.</summary>
    /// <param name="words">A target in words.</param>
    public IEnumerable<Finding> ToFindings(Func<Target, string> words) => doubts.Values
        .GroupBy(doubt => (doubt.Cause, doubt.Words))
        .Select(group => new Finding(
            $"the certificate at {words(group.First().Target)}{(group.Count() > 1 ? $" and at {group.Count() - 1} more" : "")}",
            $"{FailureWords.Of(group.Key.Cause)}: {group.Key.Words}; {Shown(group.Max(doubt => doubt.Agents))}. Nobody verified it, so nothing failed by it; {FailureRemedies.Of(new Failure(FailureStage.Handshake, group.Key.Cause))}"));

    private static string Shown(int agents) => agents == 1 ? "1 agent was shown it" : $"{agents} agents were shown it";

    private static string NameAskedFor(Target target) => (target.Request as HttpRequestPlan)?.Tls?.ServerName ?? target.Host;

    private sealed record Doubt(Target Target, FailureCause Cause, string Words, int Agents);
}
