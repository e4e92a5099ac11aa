using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.ReportApi;

/// <summary>
/// The reports of all tasks, read-only. A get builds the whole report; lists and watches show what was last published of each: when its
/// task or its round changes, and at most once a second while a round runs.
/// </summary>
internal sealed partial class ReportReader : IResourceReader, IDisposable
{
    private const int ChangesKept = 256;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly TaskCache cache;
    private readonly ReportDocuments documents;
    private readonly TimeProvider time;
    private readonly ILogger<ReportReader> logger;
    private readonly WorkQueue<TaskKey> queue;
    private readonly WatchLog changes;
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, ApiObject> shown = new(StringComparer.Ordinal);
    private long version;

    public ReportReader(TaskCache cache, ReportDocuments documents, TimeProvider time, ILogger<ReportReader> logger)
    {
        (this.cache, this.documents, this.time, this.logger) = (cache, documents, time, logger);
        queue = new WorkQueue<TaskKey>(time);

        // Versions grow over restarts too: a watch from before one is told to list again.
        version = time.GetUtcNow().ToUnixTimeMilliseconds();
        changes = new WatchLog(version, ChangesKept, ChangesKept);
    }

    public async ValueTask<ApiObject?> GetAsync(string? ns, string name, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } found)
            return null;
        long current;
        lock (gate)
            current = shown.TryGetValue(ReportNames.Of(found.Task), out var last) ? last.ResourceVersion : version;
        return await documents.BuildAsync(found, current, whole: true, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<string?> InsteadOfAsync(string name, CancellationToken cancellationToken) =>
        Find(name) is { Round: not null } round
            ? await documents.KeptAsync(round.Task, cancellationToken).ConfigureAwait(false)
            : ReportNames.InsteadOf(name, IsThere);

    public ValueTask<ObjectList> ListAsync(string? ns, CancellationToken cancellationToken)
    {
        lock (gate)
            return new(new ObjectList(version, [.. shown.Values]));
    }

    public Attempt<WatchSubscription> Watch(long? since)
    {
        lock (gate)
            return since is { } from ? changes.Follow(from, version) : changes.FollowFrom(new ObjectList(version, [.. shown.Values]));
    }

    /// <summary>Says that a task changed.</summary>
    public void TaskChanged(TaskKey key) => queue.Add(key);

    /// <summary>Says that a round changed; progress is shown at most once a second.</summary>
    public void RoundChanged(RoundNotice notice)
    {
        if (!Enum.TryParse<TaskKind>(notice.TaskKind, out var kind))
            return;
        var key = new TaskKey(kind, notice.TaskName);
        if (notice.Event == RoundEvent.Progressed)
            queue.AddAt(key, time.GetUtcNow() + ProgressEvery);
        else
            queue.Add(key);
    }

    /// <summary>Publishes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var key = await queue.TakeAsync(cancellation).ConfigureAwait(false);
                try
                {
                    await PublishAsync(key, cancellation).ConfigureAwait(false);
                }
#pragma warning disable CA1031 // One report's trouble must not stop the others. It is shown again: the change that it missed may have been its last.
                catch (Exception failed) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    queue.AddAt(key, time.GetUtcNow() + Retry);
                    LogFailed(failed, key, Retry);
                }
                queue.Done(key);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    /// <summary>Shows a task's report as it is now. One call at a time.</summary>
    public async Task PublishAsync(TaskKey key, CancellationToken cancellation)
    {
        var next = Interlocked.Read(ref version) + 1;
        var name = ReportNames.Of(key);
        var report = await documents.BuildAsync(new ReportKey(key), next, whole: false, cancellation).ConfigureAwait(false);
        lock (gate)
        {
            var before = shown.GetValueOrDefault(name);
            if (report is null && before is null)
                return;
            if (report is not null && before is not null && IsSame(before, report))
                return;
            if (report is not null)
            {
                shown[name] = report;
                version = next;
                changes.Publish(new WatchEvent(before is null ? WatchEventType.Added : WatchEventType.Modified, report, before));
                return;
            }
            shown.Remove(name);
            version = next;
            var last = before!.ToJson();
            last["metadata"]!["resourceVersion"] = next.ToString(System.Globalization.CultureInfo.InvariantCulture);
            changes.Publish(new WatchEvent(WatchEventType.Deleted, new ApiObject(last), before));
        }
    }

    private ReportKey? Find(string name) => ReportNames.Find(name, IsThere);

    private bool IsThere(TaskKey key) => cache.Find(key) is not null;

    // Versions of one source have one length for centuries, so reports of different length differ in more than that.
    private static bool IsSame(ApiObject before, ApiObject after)
    {
        if (before.Utf8Json.Length != after.Utf8Json.Length)
            return false;
        var (old, now) = (before.ToJson(), after.ToJson());
        old["metadata"]!["resourceVersion"] = null;
        now["metadata"]!["resourceVersion"] = null;
        return JsonNode.DeepEquals(old, now);
    }

    public void Dispose() => queue.Dispose();

    [LoggerMessage(Level = LogLevel.Error, Message = "The report of {Task} could not be shown; again in {Delay}")]
    private partial void LogFailed(Exception error, TaskKey task, TimeSpan delay);
}
