namespace Kdoctor.Controller.Leading;

/// <summary>Whether this controller leads just now, and otherwise who does: what an agent that dials must know.</summary>
internal sealed class LeaderSeat(ILeadership leadership)
{
    private volatile bool taken;

    /// <summary>Whether agents belong here. Where there is only one controller they may come before it has taken up its work.</summary>
    public bool TakesAgents => leadership.IsSole || taken;

    /// <summary>Whether this controller leads and has taken up what its predecessor left.</summary>
    public bool Taken
    {
        get => taken;
        set => taken = value;
    }

    /// <summary>Where agents find the leader; null while nobody is known to lead.</summary>
    public string? LeaderAddress => leadership.LeaderAddress;
}
