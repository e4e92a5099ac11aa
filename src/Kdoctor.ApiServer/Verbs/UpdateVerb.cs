using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>update and patch: PUT and PATCH of an object or of its status.</summary>
internal static class UpdateVerb
{
    /// <summary>How often a patch that names no version is tried again when somebody else writes in between.</summary>
    private const int PatchAttempts = 5;

    public static async ValueTask<Attempt<ApiReply>> PutAsync(ApiRequest request, IResourceStore store, byte[] body, Representation representation)
    {
        if (!WriteOptions.Read(request, "UpdateOptions").Succeeded(out var options, out var error)) return error;
        if (!RequestBody.ParseObject(body, RequestBody.MediaType(request.Http.Request), request.Definition.Kind).Succeeded(out var item, out error)) return error;
        if (WriteRules.CheckIdentity(request, item) is { } mismatch) return mismatch;
        var old = await store.GetAsync(request.Path.Namespace, request.Path.Name!, request.Aborted).ConfigureAwait(false);
        if (old is null) return ApiErrors.NotFound(request.Definition, request.Path.Name!);
        if (string.IsNullOrEmpty(item.Metadata().Text("resourceVersion")))
        {
            return ApiErrors.Invalid(request.Definition.Plural, request.Definition.Group, old.Name, [new FieldCause(
                "metadata.resourceVersion", "Invalid value: 0x0: must be specified for an update")]);
        }

        return await ReplaceAsync(request, store, old, item, options, representation).ConfigureAwait(false);
    }

    public static async ValueTask<Attempt<ApiReply>> PatchAsync(ApiRequest request, IResourceStore store, byte[] body, Representation representation)
    {
        if (!WriteOptions.Read(request, "PatchOptions").Succeeded(out var options, out var error)) return error;
        if (!PatchBody.Parse(body, RequestBody.MediaType(request.Http.Request), request.Definition.TakesStrategicMerge).Succeeded(out var patch, out error)) return error;
        for (var attempt = 1; ; attempt++)
        {
            var old = await store.GetAsync(request.Path.Namespace, request.Path.Name!, request.Aborted).ConfigureAwait(false);
            if (old is null) return ApiErrors.NotFound(request.Definition, request.Path.Name!);
            if (!patch.Apply(old.ToJson()).Succeeded(out var item, out error)) return error;
            if (WriteRules.CheckIdentity(request, item) is { } mismatch) return mismatch;
            var reply = await ReplaceAsync(request, store, old, item, options, representation).ConfigureAwait(false);
            var namesVersion = VersionOf(item) != old.ResourceVersion;
            if (reply.Error is not { Code: 409 } || namesVersion || attempt == PatchAttempts) return reply;
        }
    }

    /// <summary>Puts a new state in place of the old one.</summary>
    /// <remarks>
    /// 1. Preconditions: resourceVersion and uid, where the new state names them.
    /// 2. What the client may not change is taken from the old state: system metadata, and either the status or everything else.
    /// 3. The rules of every write.
    /// 4. The generation grows with a change of anything but metadata and status.
    /// 5. No change writes nothing; the last finalizer of an object that is being deleted removes it.
    /// </remarks>
    private static async ValueTask<Attempt<ApiReply>> ReplaceAsync(
        ApiRequest request, IResourceStore store, ApiObject old, JsonObject item, WriteOptions options, Representation representation)
    {
        // 1.
        if (CheckPreconditions(request, old, item) is { } conflict) return conflict;

        // 2.
        var before = old.ToJson();
        Keep(request, before, item);
        if (NewFinalizers(request.Definition, before, item) is { } forbidden) return forbidden;

        // 3.
        var drafted = await WriteRules.ApplyAsync(request, AdmissionOperation.Update, item, before, options).ConfigureAwait(false);
        if (!drafted.Succeeded(out var draft, out var error)) return error;
        item = draft.Item;

        // 4.
        if (!SameExcept(before, item, request.Definition.HasStatus)) item.Metadata()["generation"] = before.Generation() + 1;

        // 5.
        item.Metadata()["resourceVersion"] = before.Metadata().Text("resourceVersion");
        var finished = item.IsBeingDeleted() && !item.Finalizers().Any();
        if (options.IsDryRun || (!finished && JsonNode.DeepEquals(before, item)))
            return representation.One(request, new ApiObject(item)) with { Warnings = draft.Warnings };
        var write = finished
            ? store.DeleteAsync(old.Namespace, old.Name, old.ResourceVersion, request.Aborted)
            : store.UpdateAsync(item, old.ResourceVersion, request.Aborted);
        if (!(await write.ConfigureAwait(false)).Succeeded(out var stored, out error)) return error;
        return representation.One(request, finished ? new ApiObject(item) : stored) with { Warnings = draft.Warnings };
    }

    private static ApiError? CheckPreconditions(ApiRequest request, ApiObject old, JsonObject item)
    {
        var metadata = item.Metadata();
        if (!string.IsNullOrEmpty(metadata.Text("resourceVersion")) && VersionOf(item) != old.ResourceVersion)
            return ApiErrors.Modified(request.Definition, old.Name);
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != old.Uid)
        {
            if (request.Http.Request.Method == "PATCH")
                return ApiErrors.Invalid(request.Definition, old.Name, [new FieldCause("metadata.uid", $"Invalid value: \"{uid}\": field is immutable")]);
            return ApiErrors.Conflict(
                request.Definition, old.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid}");
        }

        return null;
    }

    private static void Keep(ApiRequest request, JsonObject before, JsonObject item)
    {
        if (request.Path.Subresource == "status")
        {
            // A status write changes the status alone, and of the metadata nothing.
            var status = item["status"]?.DeepClone();
            item.Clear();
            foreach (var (name, value) in before) item[name] = value?.DeepClone();
            if (status is null) item.Remove("status");
            else item["status"] = status;
            return;
        }

        foreach (var field in (string[])["name", "namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "generateName"])
            item.Metadata().TakeFrom(before.Metadata(), field);
        if (request.Definition.HasStatus) item.TakeFrom(before, "status");
    }

    private static ApiError? NewFinalizers(ResourceDefinition definition, JsonObject before, JsonObject item)
    {
        if (!before.IsBeingDeleted() || item.Finalizers().Except(before.Finalizers()).ToList() is not { Count: > 0 } added) return null;
        var list = string.Join(", ", added.Select(finalizer => $"\"{finalizer}\""));
        return ApiErrors.Invalid(definition, before.Metadata().Text("name")!, [new FieldCause(
            "metadata.finalizers",
            $"Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{{{list}}}",
            FieldCause.Forbidden)]);
    }

    private static bool SameExcept(JsonObject before, JsonObject after, bool ignoreStatus)
    {
        var (left, right) = ((JsonObject)before.DeepClone(), (JsonObject)after.DeepClone());
        foreach (var item in (JsonObject[])[left, right])
        {
            item.Remove("metadata");
            if (ignoreStatus) item.Remove("status");
        }

        return JsonNode.DeepEquals(left, right);
    }

    private static long? VersionOf(JsonObject item) =>
        long.TryParse(item.Metadata().Text("resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
