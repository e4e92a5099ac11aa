namespace Kdoctor.Controller.Leading;

/// <summary>The one object on which controllers agree who leads.</summary>
internal interface ILeaseApi
{
    /// <summary>The lease as it is; null when there is none yet.</summary>
    /// <exception cref="Objects.ApiServerException">The server refused, or did not answer.</exception>
    Task<HeldLease?> ReadAsync(CancellationToken cancellation);

    /// <summary>Writes the lease if it still has the given version; makes it where that is null.</summary>
    /// <returns>The lease as stored; null when somebody else wrote it meanwhile.</returns>
    /// <exception cref="Objects.ApiServerException">The server refused, or did not answer: it may have been written.</exception>
    Task<HeldLease?> WriteAsync(HeldLease lease, CancellationToken cancellation);
}

/// <summary>A lease: who leads, and until when the others respect it.</summary>
/// <param name="Holder">The leader's identity; null when it was given up.</param>
/// <param name="Address">Where agents find the leader; null when it does not say.</param>
/// <param name="Duration">For how long it is respected after it was last written.</param>
/// <param name="Transitions">How often it went from one holder to another.</param>
/// <param name="Acquired">When the holder got it, by the holder's clock; for people.</param>
/// <param name="Renewed">When it was last written, by the holder's clock; for people. Nobody compares clocks.</param>
/// <param name="Version">The object's version; null for one that is not there yet.</param>
internal sealed record HeldLease(string? Holder, string? Address, TimeSpan Duration, int Transitions, DateTimeOffset? Acquired, DateTimeOffset? Renewed, string? Version)
{
    /// <summary>How many of the default agents are connected to the holder; null when it does not say. For people, and for whoever waits for an installation.</summary>
    public int? Agents { get; init; }
}
