using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>The one way in which cluster tests wait: a question is asked until its answer is as wanted; the last answer is in the failure.</summary>
public static class Waiting
{
#pragma warning disable RS0030 // A cluster lives in real time; this is the only place of these tests that names it.
    public static readonly TimeProvider Clock = TimeProvider.System;
#pragma warning restore RS0030

    /// <summary>A guard against a hang on the slowest machine, not an expectation.</summary>
    public static readonly TimeSpan Generous = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static async Task<T> UntilAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> wanted, TimeSpan? longest = null)
    {
        var began = Clock.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
                return answer;
            if (Clock.GetElapsedTime(began) >= (longest ?? Generous))
                Assert.Fail($"{what}: not within {longest ?? Generous}; the last answer was: {answer}");
            await Task.Delay(Pause, Clock, CancellationToken.None);
        }
    }
}
