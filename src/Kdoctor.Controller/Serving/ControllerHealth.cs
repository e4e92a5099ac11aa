using System.Collections.Concurrent;

namespace Kdoctor.Controller.Serving;

/// <summary>What a kubelet asks: has it started, does it live, is it ready? Each in the words that <c>kubectl describe pod</c> shows.</summary>
internal sealed class ControllerHealth
{
    private readonly ConcurrentDictionary<string, Task> awaited = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> running = new(StringComparer.Ordinal);
    private volatile bool stopping;

    /// <summary>Makes readiness wait for something, named in a few words.</summary>
    public void Await(string name, Task done) => awaited[name] = done;

    /// <summary>Makes life depend on something that must not end.</summary>
    public void Live(string name, Task loop) => running[name] = loop;

    /// <summary>From now on it is not ready: whoever sends it work should look elsewhere.</summary>
    public void Stop() => stopping = true;

    /// <summary>Null when it takes work, else what is missing.</summary>
    public string? Unready()
    {
        if (stopping)
            return "it stops";
        var missing = awaited.Where(entry => !entry.Value.IsCompletedSuccessfully).Select(entry => entry.Key).Order(StringComparer.Ordinal).ToList();
        return missing.Count == 0 ? null : "waits for " + string.Join(", ", missing);
    }

    /// <summary>Null when it lives, else what has ended although it must not.</summary>
    public string? Dead() => stopping ? null : running
        .Where(entry => entry.Value.IsCompleted)
        .Select(entry => $"{entry.Key} ended{(entry.Value.Exception is { } failed ? ": " + failed.GetBaseException().Message : "")}")
        .FirstOrDefault();
}
