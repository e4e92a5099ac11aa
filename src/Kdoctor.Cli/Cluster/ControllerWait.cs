using System.Globalization;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Cluster;

/// <summary>
/// The patience of a run with a controller that is being replaced, and takes its rounds up again when it is back: what the API server
/// cannot get from it is asked for again, until nobody has answered for <see cref="Longest"/>.
/// </summary>
/// <param name="time">For the pauses and their end.</param>
/// <param name="say">Told once for each wait what is waited for.</param>
internal sealed class ControllerWait(TimeProvider time, Action<string> say)
{
    /// <summary>How long no answer is waited for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What <paramref name="ask"/> answers in the end.</summary>
    /// <exception cref="ClusterException">The answer is a refusal, or there was none for <see cref="Longest"/>.</exception>
    public async Task<T> AnswerAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        DateTimeOffset? until = null;
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (ClusterException refused) when (refused.IsAway)
            {
                var now = time.GetUtcNow();
                if (until is null)
                    say(string.Create(CultureInfo.InvariantCulture, $"waiting for the controller, until {(now + Longest).UtcDateTime:HH:mm:ss}Z at the latest: {SafeText.Of(refused.Message)}"));
                until ??= now + Longest;
                if (now >= until)
                    throw new ClusterException($"no answer from the controller for {Longest.TotalSeconds} s: {refused.Message}; 'kubectl get apiservice v1beta1.system.kdoctor.io' says what the cluster thinks of it", refused);
            }
            await Task.Delay(Pause, time, cancellation);
        }
    }
}
