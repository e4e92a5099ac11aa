namespace Kdoctor.Controller.Leading;

/// <summary>How several controllers agree on one that leads.</summary>
public sealed record LeaderOptions
{
    /// <summary>Who this controller is, different from all others that run; 1 to 253 characters. In a cluster the pod's name.</summary>
    public required string Identity { get; init; }

    /// <summary>Where agents find this controller when it leads, <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Whether all controllers keep their rounds in one store. Where they do not, only one can serve, and the others say so.</summary>
    public required bool SharedStore { get; init; }

    /// <summary>
    /// For how long the others respect a lease that is not renewed, 4 s to 60 s in whole seconds, default 8 s: a successor takes over at most this and two
    /// looks after the leader died.
    /// </summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How often the leader renews its lease, and the others look at it: 100 ms to a quarter of the lease, default 1 s.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the leader goes on without having renewed: three quarters of the lease, so that it has stopped before another begins.</summary>
    public TimeSpan RenewDeadline => LeaseDuration * 0.75;

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Identity.Length is < 1 or > 253)
            yield return $"the controller's identity has {Identity.Length} characters; it must have 1 to 253";
        if (Address.Length is < 1 or > 300)
            yield return $"the address that agents are told has {Address.Length} characters; it must have 1 to 300";
        if (LeaseDuration < TimeSpan.FromSeconds(4) || LeaseDuration > TimeSpan.FromSeconds(60) || LeaseDuration.Ticks % TimeSpan.TicksPerSecond != 0)
            yield return $"the lease is {LeaseDuration}; it must be 4 s to 60 s, in whole seconds";
        if (Every < TimeSpan.FromMilliseconds(100) || Every > LeaseDuration / 4)
            yield return $"the lease is renewed every {Every}; it must be 100 ms to a quarter of its {LeaseDuration}";
    }
}
