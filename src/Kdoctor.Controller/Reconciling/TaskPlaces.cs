namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Which tasks are served where more are there than may be: the oldest, so that none takes the place of one that came before, and every controller finds
/// the same. What is remembered is only who was turned away, to be looked at again when others go. One caller at a time: whoever reconciles.
/// </summary>
internal sealed class TaskPlaces(TaskCache cache, int most)
{
    private readonly HashSet<TaskKey> waiting = [];

    // Null where all are served.
    private HashSet<TaskKey>? served;
    private int there;
    private int? counted;
    private int? freed;

    /// <summary>Why a task is not served, with both numbers and a remedy; null for one that is.</summary>
    public string? WhyNot(TaskKey key)
    {
        Count();
        if (IsServed(key))
        {
            waiting.Remove(key);
            return null;
        }
        waiting.Add(key);
        return FormattableString.Invariant(
            $"{there} tasks are there, and limits.maxTasks in the controller's settings lets the {most} oldest of them be served; delete tasks that are no longer needed, or raise it");
    }

    /// <summary>The tasks that were turned away and may be served from now on; each is told once.</summary>
    public IReadOnlyList<TaskKey> Freed()
    {
        if (waiting.Count == 0 || freed == cache.Membership)
            return [];
        Count();
        freed = counted;
        List<TaskKey> now = [.. waiting.Where(IsServed)];
        waiting.ExceptWith(now);
        waiting.RemoveWhere(key => cache.Find(key) is null);
        return now;
    }

    private bool IsServed(TaskKey key) => served is null || served.Contains(key);

    private void Count()
    {
        var membership = cache.Membership;
        if (counted == membership)
            return;
        counted = membership;
        var tasks = cache.Keys.Select(key => (Key: key, Task: cache.Find(key))).Where(entry => !TaskCache.IsGone(entry.Task)).ToList();
        there = tasks.Count;

        // An API server writes all times alike, in UTC and to the second, so that they are in order as texts.
        served = there <= most ? null : [.. tasks
            .OrderBy(entry => entry.Task!["metadata"]?["creationTimestamp"]?.GetValue<string>(), StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Kind).ThenBy(entry => entry.Key.Name, StringComparer.Ordinal)
            .Take(most).Select(entry => entry.Key)];
    }
}
