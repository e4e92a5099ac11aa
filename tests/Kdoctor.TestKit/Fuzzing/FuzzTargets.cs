using Kdoctor.TestKit.Fuzzing.Targets;

namespace Kdoctor.TestKit.Fuzzing;

/// <summary>Every decoder of foreign bytes.</summary>
public static class FuzzTargets
{
    /// <summary>What servers answer, what peers ask of an agent, what agents and controllers tell each other, what users write, and what clients of the API send.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        HttpAnswers.Target,
        Http2Sessions.Target,
        HeaderBlocks.Target,
        DnsAnswers.Target,
        DnsStreams.Target,
        PemTexts.Target,
        PeerCertificates.Target,
        EchoRequests.Target,
        DnsQueries.Target,
        Assignments.Target,
        Shards.Target,
        Histograms.Target,
        ManifestTexts.Target,
        Schedules.Target,
        SettingsFiles.Target,
        ApiBodies.Target,
        ApiPatches.Target,
        ApiTexts.Target,
    ];

    /// <summary>The one of that name; null for none.</summary>
    public static FuzzTarget? Find(string name) => All.SingleOrDefault(target => target.Name == name);
}
