using Kdoctor.Cli.Cluster;

namespace Kdoctor.Cli.Installing;

/// <summary>
/// Waits until an installation is ready: whole, or, when nothing has moved for a while, enough of it. It never waits longer than it was told: a
/// node that cannot run an agent is named and holds up nobody.
/// </summary>
internal sealed class ReadinessWait(ReadinessReader reader, TimeProvider time, Action<Readiness> show)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(20);

    /// <summary>The last that was seen.</summary>
    public async Task<Readiness> RunAsync(TimeSpan longest, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var moved = began;
        Readiness? last = null;
        while (true)
        {
            var seen = await SeenAsync(last, cancellation);
            if (last is null || (seen.Controllers, seen.Agents, seen.Connected, seen.ApiAvailable) != (last.Controllers, last.Agents, last.Connected, last.ApiAvailable))
                moved = time.GetTimestamp();
            last = seen;
            show(seen);
            if (seen.Whole || (seen.Enough && time.GetElapsedTime(moved) >= Settled) || time.GetElapsedTime(began) >= longest)
                return seen;
            await Task.Delay(Pause, time, cancellation);
        }
    }

    // An API server that is busy starting pods may miss one question; the next answers.
    private async Task<Readiness> SeenAsync(Readiness? last, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(cancellation);
        }
        catch (ClusterException) when (last is not null)
        {
            return last;
        }
    }
}
