using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>delete and deletecollection.</summary>
internal sealed class DeleteVerb(TimeProvider time)
{
    private const int Attempts = 5;

    public async ValueTask<Attempt<ApiReply>> OneAsync(ApiRequest request, IResourceStore store, byte[] body, Representation representation)
    {
        if (!DeleteOptions.Read(request, body).Succeeded(out var options, out var error)) return error;
        var removed = await RemoveAsync(request, store, request.Path.Namespace, request.Path.Name!, options).ConfigureAwait(false);
        if (!removed.Succeeded(out var item, out error)) return error;
        return item.ToJson().IsBeingDeleted() ? representation.One(request, item) : ApiReply.Json(Success(request.Definition, item));
    }

    public async ValueTask<Attempt<ApiReply>> CollectionAsync(ApiRequest request, IResourceStore store, byte[] body, Representation representation)
    {
        if (!DeleteOptions.Read(request, body).Succeeded(out var options, out var error)) return error;
        if (!ListOptions.Read(request).Succeeded(out var selection, out error)) return error;
        var all = await store.ListAsync(request.Path.Namespace, request.Aborted).ConfigureAwait(false);
        var gone = new List<ApiObject>();
        foreach (var item in all.Items.Where(item => selection.Selects(item, request.Path.Namespace)))
        {
            var removed = await RemoveAsync(request, store, item.Namespace, item.Name, options).ConfigureAwait(false);
            if (removed.Error is { Code: not 404 } failure) return failure;
            gone.Add(item);
        }

        return representation.List(request, gone, Representation.ListMetadata(all.ResourceVersion));
    }

    /// <summary>Deletes an object, or marks it where finalizers hold it. Tried again when somebody else writes in between.</summary>
    private async ValueTask<Attempt<ApiObject>> RemoveAsync(ApiRequest request, IResourceStore store, string? ns, string name, DeleteOptions options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var old = await store.GetAsync(ns, name, request.Aborted).ConfigureAwait(false);
            if (old is null) return ApiErrors.NotFound(request.Definition, name);
            if (CheckPreconditions(request.Definition, old, options) is { } conflict) return conflict;
            var before = old.ToJson();
            if (request.Resource.Admission is { } admission)
            {
                var asked = new AdmissionRequest(AdmissionOperation.Delete, null, (JsonObject)before.DeepClone(), request.Caller, options.IsDryRun);
                var answer = await admission(asked, request.Aborted).ConfigureAwait(false);
                if (answer.Causes.Count > 0) return ApiErrors.Invalid(request.Definition, name, answer.Causes);
            }

            if (before.IsBeingDeleted()) return old;
            var marked = before.Finalizers().Any();
            if (marked) Mark(before);
            if (options.IsDryRun) return new ApiObject(before);
            var write = marked
                ? store.UpdateAsync(before, old.ResourceVersion, request.Aborted)
                : store.DeleteAsync(ns, name, old.ResourceVersion, request.Aborted);
            var done = await write.ConfigureAwait(false);
            if (done.Error is not { Code: 409 } || attempt == Attempts) return done;
        }
    }

    private void Mark(JsonObject item)
    {
        var metadata = item.Metadata();
        metadata["deletionTimestamp"] = ObjectJson.Timestamp(time.GetUtcNow());
        metadata["deletionGracePeriodSeconds"] = 0;
        metadata["generation"] = item.Generation() + 1;
    }

    private static ApiError? CheckPreconditions(ResourceDefinition definition, ApiObject item, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != item.Uid)
        {
            return ApiErrors.PreconditionFailed(
                definition,
                item.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({item.Uid}). The object might have been deleted and then recreated");
        }

        var version = item.ResourceVersion.ToString(CultureInfo.InvariantCulture);
        return options.ResourceVersion is { } wanted && wanted != version
            ? ApiErrors.PreconditionFailed(
                definition,
                item.Name,
                $"the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record ({version}). The object might have been modified")
            : null;
    }

    private static JsonObject Success(ResourceDefinition definition, ApiObject item) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = new JsonObject
        {
            ["name"] = item.Name,
            ["group"] = definition.Group,
            ["kind"] = definition.Plural,
            ["uid"] = item.Uid,
        },
    };
}
