using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Dns;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Agent.Probes;

/// <summary>The certificates that a server showed while nobody verified it, for people and for programs.</summary>
internal static class ProbeCertificates
{
    public static IEnumerable<string> Lines(ProbePlan plan, TargetShard shard) => shard.Certificates.Select(shown =>
        string.Create(CultureInfo.InvariantCulture, $"for {shown.Names}, {shown.NotBefore.UtcDateTime:yyyy-MM-dd} to {shown.NotAfter.UtcDateTime:yyyy-MM-dd}, not verified")
        + string.Concat(Doubts(plan, shard, shown).Select(doubt => $"; {doubt}")));

    public static JsonArray? Json(ProbePlan plan, TargetShard shard) => shard.Certificates.Count == 0 ? null : new JsonArray([.. shard.Certificates.Select(shown => new JsonObject
    {
        ["names"] = shown.Names,
        ["validFrom"] = shown.NotBefore.UtcDateTime,
        ["validUntil"] = shown.NotAfter.UtcDateTime,
        ["connections"] = shown.Connections,
        ["doubts"] = new JsonArray([.. Doubts(plan, shard, shown).Select(doubt => JsonValue.Create(doubt))]),
    })]);

    private static IEnumerable<string> Doubts(ProbePlan plan, TargetShard shard, PeerCertificate shown) => shard.LastEnded is { } at
        ? shown.Doubts(at, NameAskedFor(plan)).Select(doubt => $"{FailureWords.Of(doubt.Cause)}: {doubt.Words}")
        : [];

    private static string NameAskedFor(ProbePlan plan) => plan switch
    {
        HttpProbePlan http => http.Request.Tls?.ServerName ?? http.Host,
        DnsProbePlan dns => dns.Tls.ServerName ?? dns.Host,
        _ => "",
    };
}
