using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Sessions;

/// <summary>Whose tokens are accepted, and the bounds of asking.</summary>
internal sealed record TokenReviewOptions
{
    /// <summary>A longer token is refused unread: a service account's has about 1,200 characters.</summary>
    public const int MaxTokenLength = 16 << 10;

    /// <summary>The agents' namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The agents' service account.</summary>
    public string ServiceAccount { get; init; } = ClusterNames.Agent;

    /// <summary>How many reviews may be under way at once: 1 to 1,000, default 16.</summary>
    public int Concurrent { get; init; } = 16;

    /// <summary>How many answers are remembered: 0 to 100,000, default 10,000.</summary>
    public int Remembered { get; init; } = 10_000;

    /// <summary>For how long: 0 to 5 min, default 10 s. A pod that is deleted may come back for as long.</summary>
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromSeconds(10);
}
