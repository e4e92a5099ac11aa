using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>create: POST to a collection.</summary>
/// <param name="newUid">Source of uids.</param>
/// <param name="random">Source of generated names; used under a lock.</param>
/// <param name="time">Source of creation times.</param>
internal sealed class CreateVerb(Func<Guid> newUid, Random random, TimeProvider time)
{
    // Letters that spell nothing, as the real server uses.
    private const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;
    private const int MaxGeneratedBase = LabelRules.MaxLabelLength - SuffixLength;
    private readonly Lock randomGate = new();

    public async ValueTask<Attempt<ApiReply>> RunAsync(ApiRequest request, IResourceStore store, byte[] body, Representation representation)
    {
        if (!WriteOptions.Read(request, "CreateOptions").Succeeded(out var options, out var error)) return error;
        if (!RequestBody.ParseObject(body, RequestBody.MediaType(request.Http.Request), request.Definition.Kind).Succeeded(out var item, out error)) return error;
        if (WriteRules.CheckIdentity(request, item) is { } mismatch) return mismatch;
        if (!string.IsNullOrEmpty(item.Metadata().Text("resourceVersion")))
            return ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");

        Initialise(request.Definition, item);
        var drafted = await WriteRules.ApplyAsync(request, AdmissionOperation.Create, item, null, options).ConfigureAwait(false);
        if (!drafted.Succeeded(out var draft, out error)) return error;
        if (options.IsDryRun)
        {
            var name = draft.Item.Metadata().Text("name")!;
            var existing = await store.GetAsync(request.Path.Namespace, name, request.Aborted).ConfigureAwait(false);
            if (existing is not null) return ApiErrors.AlreadyExists(request.Definition, name);
            draft.Item.Metadata()["resourceVersion"] = "0";
            var shown = new ApiObject(draft.Item);
            return representation.One(request, shown, 201) with { Warnings = draft.Warnings };
        }

        var created = await store.CreateAsync(draft.Item, request.Aborted).ConfigureAwait(false);
        return created.Succeeded(out var stored, out error) ? representation.One(request, stored, 201) with { Warnings = draft.Warnings } : error;
    }

    private void Initialise(ResourceDefinition definition, JsonObject item)
    {
        var metadata = item.Metadata();
        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } stem)
            metadata["name"] = stem[..Math.Min(stem.Length, MaxGeneratedBase)] + Suffix();
        foreach (var field in (string[])["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds"]) metadata.Remove(field);
        metadata["uid"] = newUid().ToString();
        metadata["creationTimestamp"] = ObjectJson.Timestamp(time.GetUtcNow());
        metadata["generation"] = 1;
        if (definition.HasStatus) item.Remove("status");
    }

    private string Suffix()
    {
        lock (randomGate) return new string(random.GetItems<char>(SuffixLetters, SuffixLength));
    }
}
