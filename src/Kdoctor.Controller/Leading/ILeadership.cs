namespace Kdoctor.Controller.Leading;

/// <summary>Which of several controllers does the work: plans, collects, and writes statuses. The others serve reports and stand by.</summary>
public interface ILeadership
{
    /// <summary>Whether nobody else can lead: then agents are welcome at once.</summary>
    bool IsSole { get; }

    /// <summary>Whether a controller that does not lead has something to serve: reports from a store that all share.</summary>
    bool FollowersServe { get; }

    /// <summary>Whether others serve the reports of the rounds that this one runs, or it theirs.</summary>
    bool IsShared => !IsSole && FollowersServe;

    /// <summary>Where agents find the controller that leads, <c>host:port</c>; null while nobody is known to, and for this one itself.</summary>
    string? LeaderAddress { get; }

    /// <summary>Leads whenever it may, one term after another, until stopped.</summary>
    /// <param name="lead">One term's work. Its token says that the term is over: it must then stop at once, and whatever it still does must do no harm.</param>
    /// <param name="stopping">Ends the term and gives leadership up in good order.</param>
    Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken stopping);
}

/// <summary>The only controller there is: it leads for as long as it runs.</summary>
public sealed class SoleLeader : ILeadership
{
    /// <inheritdoc/>
    public bool IsSole => true;

    /// <inheritdoc/>
    public bool FollowersServe => false;

    /// <inheritdoc/>
    public string? LeaderAddress => null;

    /// <inheritdoc/>
    public Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(lead);
        return lead(stopping);
    }
}
