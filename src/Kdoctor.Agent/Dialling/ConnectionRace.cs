using System.Net.Sockets;

namespace Kdoctor.Agent.Dialling;

/// <summary>
/// Opens a connection to the first of several addresses that answers (after RFC 8305 section 5), so that addresses at which nobody is any more cost
/// no time of their own:
/// 1. They are dialled in their order, each a quarter of a second after the one before, or at once when that one failed.
/// 2. The first connection wins; the others are given up. One that has not answered within 1.5 s has failed.
/// </summary>
internal sealed class ConnectionRace(Func<Uri, CancellationToken, Task<Stream>> open, TimeProvider time)
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    // A first packet that was lost is sent again after a second (RFC 6298 section 2.1).
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1.5);

    /// <summary>Dials until one has answered or all have failed.</summary>
    /// <param name="addresses">Where, the best first; bounded by the caller.</param>
    /// <param name="failed">Told of each that failed, and why.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The first that answered, with its open connection; null for none.</returns>
    public async Task<Won?> RunAsync(IReadOnlyList<Uri> addresses, Action<Uri, string> failed, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task<Attempt>>();
        try
        {
            var headStart = Task.CompletedTask;
            for (var next = 0; next < addresses.Count || running.Count > 0;)
            {
                // 1. The next one's turn.
                if (next < addresses.Count && headStart.IsCompleted)
                {
                    running.Add(AttemptAsync(addresses[next++], over.Token));
                    headStart = Task.Delay(HeadStart, time, over.Token);
                }

                // 2. The first that answers.
                await Task.WhenAny(next < addresses.Count ? [.. running, headStart] : running).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                foreach (var ended in running.Where(attempt => attempt.IsCompleted).ToList())
                {
                    running.Remove(ended);
                    var attempt = await ended.ConfigureAwait(false);
                    if (attempt.Stream is { } stream)
                        return new Won(attempt.Address, stream);
                    failed(attempt.Address, attempt.Problem!);
                    headStart = Task.CompletedTask;
                }
            }
            return null;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            foreach (var late in running)
            {
                if ((await late.ConfigureAwait(false)).Stream is { } stream)
                    await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<Attempt> AttemptAsync(Uri address, CancellationToken over)
    {
        using var late = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, over);
        var opening = open(address, either.Token);
        try
        {
            return new Attempt(address, await opening.WaitAsync(either.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            _ = CloseAsync(opening);
            return new Attempt(address, null, FormattableString.Invariant($"no answer within {Longest.TotalSeconds} s"));
        }
        catch (Exception broken) when (broken is SocketException or IOException)
        {
            return new Attempt(address, null, broken.Message);
        }
    }

    // The resolver cannot be called off: where DNS is silent it goes on for many seconds, and nobody waits for it.
    private static async Task CloseAsync(Task<Stream> opening)
    {
        try
        {
            await using var stream = (await opening.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is SocketException or IOException or OperationCanceledException)
        {
        }
    }

    /// <summary>Who answered first.</summary>
    public sealed record Won(Uri Address, Stream Stream);

    private sealed record Attempt(Uri Address, Stream? Stream, string? Problem);
}
