using k8s;
using Kdoctor.Controller.Objects;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Leading;

/// <summary>
/// Leadership by a lease that its holder keeps renewing, as Kubernetes' own controllers do it:
/// 1. The lease is looked at until it can be had: nobody holds it, or its version has not changed for as long as it is respected. That time is
///    measured here, on one clock that only goes forward: the instants in the lease are never compared.
/// 2. The term's work begins, and the lease is renewed meanwhile.
/// 3. The term ends when the lease went to somebody else, or was not renewed for three quarters of its duration: the others still wait then.
/// 4. When the work has stopped, a lease that is still held is given up, so that a successor need not wait; and all over again.
/// What the work still does after its term is refused by the store, whose claim is the successor's by then.
/// </summary>
internal sealed partial class LeaseElection(ILeaseApi api, LeaderOptions options, Func<int> agents, TimeProvider time, Random random, ILogger<LeaseElection> logger) : ILeadership
{
    private static readonly TimeSpan LongestRelease = TimeSpan.FromSeconds(2);

    private HeldLease? seen;
    private long seenAt;
    private long renewedAt;

    /// <summary>An election on a Lease of an API server.</summary>
    /// <param name="kubernetes">The API server.</param>
    /// <param name="lease">The Lease.</param>
    /// <param name="options">Who takes part.</param>
    /// <param name="agents">How many of the default agents are connected here; the lease tells it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">For the jitter of pauses.</param>
    /// <param name="logs">Where to log.</param>
    /// <exception cref="ArgumentException">Options are wrong; the message names every problem.</exception>
    public static LeaseElection Of(Kubernetes kubernetes, LeaseName lease, LeaderOptions options, Func<int> agents, TimeProvider time, Random random, ILoggerFactory logs)
    {
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems));
        return new LeaseElection(new KubernetesLeaseApi(kubernetes, lease.Namespace, lease.Name), options, agents, time, random, logs.CreateLogger<LeaseElection>());
    }

    public bool IsSole => false;

    public bool FollowersServe => options.SharedStore;

    public string? LeaderAddress => Volatile.Read(ref seen) is { Holder: { } holder } lease && holder != options.Identity ? lease.Address : null;

    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            // 1. The lease.
            if (!await AcquireAsync(stopping).ConfigureAwait(false))
                return;
            LogLeads(options.Identity);

            // 2. and 3. The term.
            await TermAsync(lead, stopping).ConfigureAwait(false);

            // 4. Given up.
            await ReleaseAsync().ConfigureAwait(false);
            LogStandsBy(options.Identity);
            await PauseAsync(options.Every, stopping).ConfigureAwait(false);
        }
    }

    private async Task<bool> AcquireAsync(CancellationToken stopping)
    {
        string? told = null;
        while (!stopping.IsCancellationRequested)
        {
            if (await TryAsync(TryAcquireAsync, options.RenewDeadline, stopping).ConfigureAwait(false) == Attempt.Held)
                return true;
            if (seen?.Holder is { } holder && holder != told)
                TellWhoLeads(told = holder);
            await PauseAsync(options.Every, stopping).ConfigureAwait(false);
        }
        return false;
    }

    private async Task<Attempt> TryAcquireAsync(CancellationToken cancellation)
    {
        Look(await api.ReadAsync(cancellation).ConfigureAwait(false));
        if (seen is { Holder: { } holder } && holder != options.Identity && time.GetElapsedTime(seenAt) < seen.Duration)
            return Attempt.Taken;
        var now = time.GetUtcNow();
        return await WriteAsync(
            new HeldLease(options.Identity, options.Address, options.LeaseDuration, seen is null ? 0 : seen.Transitions + (seen.Holder == options.Identity ? 0 : 1), now, now, seen?.Version), cancellation).ConfigureAwait(false);
    }

    private async Task TermAsync(Func<CancellationToken, Task> lead, CancellationToken stopping)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var work = WorkAsync();
        while (true)
        {
            var left = options.RenewDeadline - time.GetElapsedTime(renewedAt);
            await Task.WhenAny(work, left < options.Every ? WaitAsync(left, stopping) : PauseAsync(options.Every, stopping)).ConfigureAwait(false);
            if (work.IsCompleted || stopping.IsCancellationRequested)
                break;
            left = options.RenewDeadline - time.GetElapsedTime(renewedAt);
            if (left <= TimeSpan.Zero || await TryAsync(TryRenewAsync, left, stopping).ConfigureAwait(false) == Attempt.Taken)
            {
                LogLost(options.Identity, seen?.Holder ?? "nobody");
                break;
            }
        }
#pragma warning disable CA1849 // The term is over when this returns, not a turn of the thread pool later.
        term.Cancel();
#pragma warning restore CA1849
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.Exception?.InnerException is { } failed)
            LogFailed(failed, options.Every);

        async Task WorkAsync() => await lead(term.Token).ConfigureAwait(false);
    }

    private async Task<Attempt> TryRenewAsync(CancellationToken cancellation)
    {
        var outcome = await WriteAsync(seen! with { Renewed = time.GetUtcNow() }, cancellation).ConfigureAwait(false);
        if (outcome == Attempt.Held)
            return outcome;

        // Somebody wrote it: another controller, or a person who annotated it. Or an earlier write of ours got through unanswered.
        Look(await api.ReadAsync(cancellation).ConfigureAwait(false));
        return seen?.Holder == options.Identity
            ? await WriteAsync(seen with { Renewed = time.GetUtcNow() }, cancellation).ConfigureAwait(false) == Attempt.Held ? Attempt.Held : Attempt.Unknown
            : Attempt.Taken;
    }

    private async Task ReleaseAsync()
    {
        if (seen?.Holder != options.Identity)
            return;
        using var patience = new CancellationTokenSource(LongestRelease, time);
        await TryAsync(token => WriteAsync(seen with { Holder = null, Address = null, Renewed = time.GetUtcNow() }, token), LongestRelease, patience.Token).ConfigureAwait(false);
    }

    // The lease counts from before it was asked for: it may have been granted at once and told late.
    private async Task<Attempt> WriteAsync(HeldLease lease, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        if (await api.WriteAsync(lease with { Agents = lease.Holder is null ? null : agents() }, cancellation).ConfigureAwait(false) is not { } stored)
            return Attempt.Unknown;
        Look(stored);
        renewedAt = began;
        return Attempt.Held;
    }

    private void Look(HeldLease? found)
    {
        if (found?.Version == seen?.Version && (found is null) == (seen is null))
            return;
        seenAt = time.GetTimestamp();
        Volatile.Write(ref seen, found);
    }

    private async Task<Attempt> TryAsync(Func<CancellationToken, Task<Attempt>> attempt, TimeSpan patience, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            return await attempt(either.Token).ConfigureAwait(false);
        }
        catch (ApiServerException broken)
        {
            LogBroken(broken.Message);
            return Attempt.Unknown;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return Attempt.Unknown;
        }
    }

    // A little apart by chance, so that controllers that started together do not stay in step.
    private Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        double chance;
        lock (random)
            chance = random.NextDouble();
        return WaitAsync(pause * (0.8 + (0.2 * chance)), stopping);
    }

    private async Task WaitAsync(TimeSpan pause, CancellationToken stopping)
    {
        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void TellWhoLeads(string holder)
    {
        if (options.SharedStore)
            LogFollows(holder);
        else
            LogSecond(holder);
    }

    private enum Attempt
    {
        Held = 1,
        Taken = 2,
        Unknown = 3,
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This controller, {Identity}, leads")]
    private partial void LogLeads(string identity);

    [LoggerMessage(Level = LogLevel.Information, Message = "This controller, {Identity}, does not lead any more")]
    private partial void LogStandsBy(string identity);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Holder} leads; this controller serves reports and stands by")]
    private partial void LogFollows(string holder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Holder} leads and keeps its rounds in a file of its own: with SQLite only one controller can serve, and this one waits. Run one replica, or set storage.kind: postgres")]
    private partial void LogSecond(string holder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This controller, {Identity}, has lost the lease, or could not renew it in time; it is held by {Holder}")]
    private partial void LogLost(string identity, string holder);

    [LoggerMessage(Level = LogLevel.Error, Message = "This controller could not lead; it tries again in {Delay}")]
    private partial void LogFailed(Exception error, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease cannot be read or written: {Reason}")]
    private partial void LogBroken(string reason);
}
