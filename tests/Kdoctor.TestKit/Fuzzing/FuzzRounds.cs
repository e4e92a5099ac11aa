using System.Diagnostics;
using System.Globalization;

namespace Kdoctor.TestKit.Fuzzing;

/// <summary>How long a fuzz test goes on: a number of rounds, or as many seconds of the processor as <c>KDOCTOR_FUZZ_SECONDS</c> says.</summary>
public static class FuzzRounds
{
    private const int RoundsBetweenLooks = 100;

    /// <summary>Numbers from 0, each a round to run and a seed to run it with.</summary>
    public static IEnumerable<int> Of(int shortRun)
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("KDOCTOR_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var process = Process.GetCurrentProcess();
        var began = process.TotalProcessorTime;
        for (var round = 0; round < shortRun || IsTimeLeft(round); round++)
            yield return round;

        bool IsTimeLeft(int round)
        {
            if (seconds <= 0)
                return false;
            if (round % RoundsBetweenLooks == 0)
                process.Refresh();
            return (process.TotalProcessorTime - began).TotalSeconds < seconds;
        }
    }
}
