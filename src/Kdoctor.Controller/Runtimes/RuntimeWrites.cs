using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Runtimes;

/// <summary>
/// Writes a runtime's objects, and remembers what it wrote: an object whose generation is still the one of that write is as it should be, whatever the
/// API server made of defaults and spellings. After a restart each is written once more, which changes nothing where nothing differs.
/// </summary>
internal sealed class RuntimeWrites(KubernetesObjects objects, string ns)
{
    private const int MaxRemembered = 50_000;

    // By the object's uid. When there are too many, all are forgotten and each is written once more.
    private readonly Dictionary<string, Written> written = new(StringComparer.Ordinal);

    /// <summary>Whether an object belongs to the task of that uid.</summary>
    public static bool IsOf(JsonObject stored, string uid) => OwnerOf(stored)?["uid"]?.GetValue<string>() == uid;

    /// <summary>Makes an object as it is wanted; why it could not, else null.</summary>
    /// <exception cref="ApiServerException">The API server refused, or did not answer.</exception>
    public async Task<string?> MendAsync(RuntimeObject wanted, JsonObject? stored, TaskDefinition task, CancellationToken cancellation)
    {
        if (stored is null)
        {
            await CreateAsync(wanted, cancellation).ConfigureAwait(false);
            return null;
        }
        if (!IsOf(stored, task.Uid))
        {
            if (OwnerOf(stored)?["apiVersion"]?.GetValue<string>() != "kdoctor.io/v1beta1")
                return $"{wanted.Kind.Name} {wanted.Name} in namespace {ns} exists and belongs to no task: remove it, or rename the task";
            await DeleteAsync((wanted.Kind, wanted.Name, stored), cancellation).ConfigureAwait(false);
            return null;
        }
        if (stored["metadata"]?["deletionTimestamp"] is null && (!written.TryGetValue(UidOf(stored), out var last) || last != new Written(VersionOf(stored), HashOf(wanted))))
            await ReplaceAsync(wanted, stored, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>Removes an object, if it is still the one that was seen.</summary>
    /// <exception cref="ApiServerException">The API server refused, or did not answer.</exception>
    public async Task DeleteAsync((RuntimeKind Kind, string Name, JsonObject Stored) found, CancellationToken cancellation)
    {
        var uid = UidOf(found.Stored);
        written.Remove(uid);
        if (found.Stored["metadata"]?["deletionTimestamp"] is not null)
            return;
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = "Background",
            ["preconditions"] = new JsonObject { ["uid"] = uid },
        };
        try
        {
            await objects.SendAsync(HttpMethod.Delete, $"{found.Kind.PathIn(ns)}/{found.Name}", options, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused) when (refused.Status is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.Conflict)
        {
            // It is gone, or another one: what is followed will tell.
        }
    }

    private async Task CreateAsync(RuntimeObject wanted, CancellationToken cancellation)
    {
        try
        {
            Remember(wanted, await objects.SendAsync(HttpMethod.Post, wanted.Kind.PathIn(ns), wanted.Wanted, cancellation).ConfigureAwait(false));
        }
        catch (ApiServerException refused) when (refused.Status == (int)HttpStatusCode.Conflict)
        {
            // It exists by now: what is followed will tell.
        }
    }

    private async Task ReplaceAsync(RuntimeObject wanted, JsonObject stored, CancellationToken cancellation)
    {
        var next = stored.DeepClone().AsObject();
        var spec = wanted.Wanted["spec"]!.DeepClone().AsObject();
        if (wanted.Kind == RuntimeKind.Service)
            KeepGiven(spec, stored["spec"]!.AsObject());
        next["spec"] = spec;
        next.Remove("status");
        var (metadata, wish) = (next["metadata"]!.AsObject(), wanted.Wanted["metadata"]!.AsObject());
        metadata["ownerReferences"] = wish["ownerReferences"]!.DeepClone();
        metadata["labels"] = wish["labels"]!.DeepClone();
        var annotations = metadata["annotations"]?.DeepClone().AsObject() ?? [];
        foreach (var (key, value) in wish["annotations"] as JsonObject ?? [])
            annotations[key] = value?.DeepClone();
        metadata["annotations"] = annotations;
        try
        {
            Remember(wanted, await objects.SendAsync(HttpMethod.Put, $"{wanted.Kind.PathIn(ns)}/{wanted.Name}", next, cancellation).ConfigureAwait(false));
        }
        catch (ApiServerException refused) when (refused.Status is (int)HttpStatusCode.Conflict or (int)HttpStatusCode.NotFound)
        {
            // It changed or went meanwhile: what is followed will tell.
        }
    }

    // What the API server gave to a Service cannot be taken from it.
    private static void KeepGiven(JsonObject spec, JsonObject stored)
    {
        foreach (var given in new[] { "clusterIP", "clusterIPs", "healthCheckNodePort" })
        {
            if (stored[given] is { } value)
                spec[given] = value.DeepClone();
        }
        foreach (var port in spec["ports"]?.AsArray().OfType<JsonObject>() ?? [])
        {
            var same = stored["ports"]?.AsArray().OfType<JsonObject>().FirstOrDefault(other => other["name"]?.GetValue<string>() == port["name"]?.GetValue<string>());
            if (same?["nodePort"] is { } nodePort)
                port["nodePort"] = nodePort.DeepClone();
        }
    }

    private void Remember(RuntimeObject wanted, JsonObject stored)
    {
        if (written.Count >= MaxRemembered)
            written.Clear();
        written[UidOf(stored)] = new Written(VersionOf(stored), HashOf(wanted));
    }

    private static JsonNode? OwnerOf(JsonObject stored) =>
        (stored["metadata"]?["ownerReferences"] as JsonArray)?.FirstOrDefault(owner => owner?["controller"]?.GetValue<bool>() == true);

    private static string UidOf(JsonObject stored) => stored["metadata"]?["uid"]?.GetValue<string>() ?? "";

    // A Service has no generation: its version then, which its status moves too.
    private static string VersionOf(JsonObject stored) =>
        stored["metadata"]?["generation"]?.ToJsonString() ?? stored["metadata"]?["resourceVersion"]?.GetValue<string>() ?? "";

    private static string HashOf(RuntimeObject wanted) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted.Wanted.ToJsonString())));

    private sealed record Written(string Version, string WantedHash);
}
