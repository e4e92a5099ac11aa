using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Storage;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>watch: one JSON event per line until the time is over, the client leaves, or it reads too slowly.</summary>
internal sealed class WatchVerb(KubernetesApiOptions options, TimeProvider time)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();
    private int open;

    /// <summary>Runs a watch to its end; a failure before the first byte is returned.</summary>
    public async ValueTask<ApiError?> RunAsync(ApiRequest request, Representation representation)
    {
        if (!ListOptions.Read(request).Succeeded(out var selection, out var error)) return error;
        if (request.IsSet("sendInitialEvents"))
        {
            return ApiErrors.Invalid("ListOptions", "meta.k8s.io", "", [new FieldCause(
                "sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled", FieldCause.Forbidden)]);
        }

        if (Interlocked.Increment(ref open) > options.MaxWatches)
        {
            Interlocked.Decrement(ref open);
            return ApiErrors.TooManyRequests($"this server holds at most {options.MaxWatches} watches; try again later");
        }

        try
        {
            await StreamAsync(request, selection, representation).ConfigureAwait(false);
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task StreamAsync(ApiRequest request, ListOptions selection, Representation representation)
    {
        using var timeout = new CancellationTokenSource(Timeout(request), time);
        using var joined = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, timeout.Token);
        request.Http.Response.ContentType = "application/json";
        var writer = new WatchWriter(request, representation, options.WatchWriteTimeout, time);
        try
        {
            if (!request.Resource.Reader.Watch(selection.ResourceVersion).Succeeded(out var subscription, out var expired))
            {
                await writer.ErrorAsync(expired, joined.Token).ConfigureAwait(false);
                return;
            }

            using (subscription)
            {
                await request.Http.Response.StartAsync(joined.Token).ConfigureAwait(false);
                await request.Http.Response.Body.FlushAsync(joined.Token).ConfigureAwait(false);
                await PumpAsync(request, selection, subscription, writer, joined.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over, or the client left: both are the ordinary end of a watch.
        }
    }

    private async Task PumpAsync(
        ApiRequest request, ListOptions selection, WatchSubscription subscription, WatchWriter writer, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var bookmarks = new PeriodicTimer(options.BookmarkInterval, time);
        var version = subscription.StartVersion;
        await using var changes = subscription.ReadAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = changes.MoveNextAsync().AsTask();
        var tick = bookmarks.WaitForNextTickAsync(stop.Token).AsTask();
        try
        {
            while (true)
            {
                await Task.WhenAny(next, tick).ConfigureAwait(false);
                if (!next.IsCompleted)
                {
                    await tick.ConfigureAwait(false);
                    if (request.IsSet("allowWatchBookmarks")) await writer.BookmarkAsync(version, cancellationToken).ConfigureAwait(false);
                    tick = bookmarks.WaitForNextTickAsync(stop.Token).AsTask();
                    continue;
                }

                if (!await next.ConfigureAwait(false)) break;
                version = changes.Current.Item.ResourceVersion;
                if (Translate(changes.Current, selection, request.Path.Namespace) is { } change)
                    await writer.ChangeAsync(change.Type, change.Item, cancellationToken).ConfigureAwait(false);
                next = changes.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(next).ConfigureAwait(false);
        }

        await writer.ErrorAsync(ApiErrors.Expired("the watch fell too far behind; list again"), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a change is to a watcher that selects: what begins to match is an addition, what stops to match a deletion.</summary>
    internal static (string Type, Objects.ApiObject Item)? Translate(WatchEvent change, ListOptions selection, string? ns)
    {
        var before = change.Previous is { } previous && selection.Selects(previous, ns);
        var after = change.Type != WatchEventType.Deleted && selection.Selects(change.Item, ns);
        return (before, after) switch
        {
            (false, true) => ("ADDED", change.Item),
            (true, true) => ("MODIFIED", change.Item),
            (true, false) => ("DELETED", change.Item),
            _ => null,
        };
    }

    private TimeSpan Timeout(ApiRequest request) =>
        int.TryParse(request.Query("timeoutSeconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, options.WatchTimeout.TotalSeconds))
            : options.WatchTimeout;

    /// <summary>Writes events; a client that does not take one in time is cut.</summary>
    private sealed class WatchWriter(ApiRequest request, Representation representation, TimeSpan writeTimeout, TimeProvider time)
    {
        private bool columnsSent;

        public Task ChangeAsync(string type, Objects.ApiObject item, CancellationToken cancellationToken)
        {
            var body = representation.InWatch(request, item, !columnsSent);
            columnsSent = true;
            return WriteAsync(type, body, cancellationToken);
        }

        public Task ErrorAsync(ApiError error, CancellationToken cancellationToken) => WriteAsync("ERROR", error.ToStatus(), cancellationToken);

        public Task BookmarkAsync(long version, CancellationToken cancellationToken) => WriteAsync(
            "BOOKMARK",
            new JsonObject
            {
                ["kind"] = request.Form.Kind switch
                {
                    ResponseKind.Table => "Table",
                    ResponseKind.PartialMetadata => "PartialObjectMetadata",
                    _ => request.Definition.Kind,
                },
                ["apiVersion"] = request.Form.Kind == ResponseKind.Object ? request.Definition.ApiVersion : "meta.k8s.io/" + request.Form.Version,
                ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
            },
            cancellationToken);

        private async Task WriteAsync(string type, JsonNode body, CancellationToken cancellationToken)
        {
            var line = JsonText.Write(new JsonObject { ["type"] = type, ["object"] = body });
            using var patience = new CancellationTokenSource(writeTimeout, time);
            using var joined = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            var output = request.Http.Response.Body;
            try
            {
                await output.WriteAsync(line, joined.Token).ConfigureAwait(false);
                await output.WriteAsync(LineEnd, joined.Token).ConfigureAwait(false);
                await output.FlushAsync(joined.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                request.Http.Abort();
                throw;
            }
        }
    }
}
