using Kdoctor.Core.Protocol;

namespace Kdoctor.Controller.Sessions;

/// <summary>
/// What an agent has been told of the ways to the controllers. Controllers and nodes come and go while a stream stays open, and the agent must know the
/// ways of today when it needs one: so it is told again when they have changed.
/// </summary>
/// <param name="addresses">The ways of now, <c>host:port</c> each, the best first.</param>
/// <param name="send">Says something to the agent.</param>
/// <param name="time">The clock.</param>
internal sealed class ToldAddresses(Func<IEnumerable<string>> addresses, Func<ControllerMessage, bool> send, TimeProvider time)
{
    private const int Most = 16;
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(30);
    private Welcome? told;

    /// <summary>Tells the agent where the controllers are, unless it knows.</summary>
    public void Tell()
    {
        var welcome = new Welcome();
        welcome.ControllerAddresses.AddRange(addresses().Distinct(StringComparer.Ordinal).Take(Most));
        if (welcome.Equals(told))
            return;
        told = welcome;
        send(new ControllerMessage { Welcome = welcome });
    }

    /// <summary>Looks for news every thirty seconds until cancelled.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(LooksEvery, time);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            Tell();
    }
}
