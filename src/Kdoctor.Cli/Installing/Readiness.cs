using System.Collections.Immutable;

namespace Kdoctor.Cli.Installing;

/// <summary>How far an installation has come.</summary>
/// <param name="Controllers">How many controllers are ready, of how many.</param>
/// <param name="Agents">How many agents are ready, of how many.</param>
/// <param name="ApiAvailable">Whether the cluster serves reports.</param>
/// <param name="Troubles">What is not ready, and why; one line each.</param>
internal sealed record Readiness(Share Controllers, Share Agents, bool ApiAvailable, ImmutableArray<string> Troubles)
{
    /// <summary>How many agents are connected to the controller that leads, as it says itself; null when none says so.</summary>
    public int? Connected { get; init; }

    /// <summary>Whether a controller of an earlier installation is still there: it may lead, and keep rounds where the others do not see them.</summary>
    public bool Replacing { get; init; }

    /// <summary>Everything is, and a task that is applied now finds every agent connected.</summary>
    public bool Whole => Enough && Controllers.IsWhole && Agents.IsWhole && Connected >= Agents.Wanted;

    /// <summary>A quorum is: tasks run and are answered; who is missing is missing in their reports.</summary>
    public bool Enough => !Replacing && Controllers.Ready > 0 && ApiAvailable && Agents.Wanted > 0 && Agents.Ready * 2 > Agents.Wanted;

    public override string ToString() =>
        $"controller {Controllers}, agents {Agents} ({Connected ?? 0} connected), reports' API {(ApiAvailable ? "available" : "not available")}";
}

/// <summary>So many of so many.</summary>
internal readonly record struct Share(int Ready, int Wanted)
{
    public bool IsWhole => Wanted > 0 && Ready >= Wanted;

    public override string ToString() => $"{Ready}/{Wanted}";
}
