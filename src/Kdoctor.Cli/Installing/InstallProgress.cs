using System.Globalization;

namespace Kdoctor.Cli.Installing;

/// <summary>Tells how far an installation has come: a line whenever that changes.</summary>
internal sealed class InstallProgress(TextWriter error)
{
    private string? last;

    public void Show(Readiness seen)
    {
        var line = $"waiting: {seen}";
        if (seen.Whole || line == last)
            return;
        last = line;
        error.WriteLine(line);
    }

    /// <summary>The last word: what is ready, what is not and why, and what to do next.</summary>
    public void End(Readiness seen, TimeSpan took)
    {
        foreach (var trouble in seen.Troubles)
            error.WriteLine($"not ready: {trouble}");
        var seconds = Math.Round(took.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (!seen.Enough)
            error.WriteLine($"kdoctor: not ready after {seconds} s: {seen}; run 'kdoctor install' again to go on waiting");
        else
            error.WriteLine($"ready after {seconds} s: {seen}{(seen.Whole ? "" : "; rounds run without the agents that are missing, and name them")}");
    }
}
