using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Objects;

/// <summary>
/// One collection of the cluster as the API server last told it, by name. Of each object only what <paramref name="read"/> makes of it is
/// kept: a node's or pod's whole JSON, thousands of times, would be most of the controller's memory.
/// </summary>
/// <param name="objects">The API server.</param>
/// <param name="path">The collection.</param>
/// <param name="labels">Which of its objects; null for all.</param>
/// <param name="read">An object's facts.</param>
/// <param name="changed">Called after every change, with the object; null when anything may have changed.</param>
/// <param name="gone">Called with what was last known of an object that is there no more; null where nobody asks.</param>
internal sealed class WatchedObjects<T>(
    KubernetesObjects objects, string path, string? labels, Func<JsonObject, T> read, Action<JsonObject?> changed, Action<T>? gone)
{
    private ImmutableDictionary<string, T> known = ImmutableDictionary.Create<string, T>(StringComparer.Ordinal);

    /// <summary>All of them, by name: a snapshot that does not change.</summary>
    public IReadOnlyDictionary<string, T> Known => known;

    /// <summary>The loop that keeps them.</summary>
    public ListWatch Loop(TimeProvider time, Random random, ILogger logger) => new(path, ListAsync, WatchAsync, time, random, logger);

    private async Task<string> ListAsync(CancellationToken cancellation)
    {
        var list = await objects.ListAsync(path, labels, cancellation).ConfigureAwait(false);
        var before = known;
        known = list.Items.ToImmutableDictionary(KubernetesObjects.NameOf, read, StringComparer.Ordinal);
        foreach (var (_, last) in before.Where(entry => !known.ContainsKey(entry.Key)))
            gone?.Invoke(last);
        changed(null);
        return list.ResourceVersion;
    }

    private async Task<string> WatchAsync(string version, CancellationToken cancellation)
    {
        await foreach (var change in objects.WatchAsync(path, labels, version, cancellation).ConfigureAwait(false))
        {
            version = change.Object["metadata"]?["resourceVersion"]?.GetValue<string>() ?? version;
            if (change.Kind == ObjectChangeKind.Bookmark)
                continue;
            var name = KubernetesObjects.NameOf(change.Object);
            if (change.Kind == ObjectChangeKind.Deleted)
                gone?.Invoke(read(change.Object));
            known = change.Kind == ObjectChangeKind.Deleted ? known.Remove(name) : known.SetItem(name, read(change.Object));
            changed(change.Object);
        }
        return version;
    }
}
