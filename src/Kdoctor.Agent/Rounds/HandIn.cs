namespace Kdoctor.Agent.Rounds;

/// <summary>
/// An agent's last moments, within a given time:
/// 1. No further round is taken.
/// 2. Rounds that run may end, for four fifths of the time.
/// 3. Those that still run are cut short; what they found until then counts.
/// 4. The results are handed in, in what is left.
/// </summary>
internal static class HandIn
{
    /// <summary>Returns when the controller has everything, or the time is over.</summary>
    public static async Task RunAsync(AgentRounds rounds, TimeSpan within, TimeProvider time, CancellationToken cancellation)
    {
        rounds.TakeNoMore();
        if (within <= TimeSpan.Zero)
            return;
        var handedIn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (rounds.AllHandedIn)
                handedIn.TrySetResult();
        }

        rounds.Settled += Look;
        try
        {
            Look();
            await handedIn.Task.WaitAsync(within * 0.8, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            rounds.CancelAll("the agent is being stopped");
            await handedIn.Task.WaitAsync(within * 0.2, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            rounds.Settled -= Look;
        }
    }
}
