using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Schemas;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>What every object must pass before it is stored, whichever verb brings it.</summary>
internal static class WriteRules
{
    /// <summary>Checks that the body is an object of this resource with readable metadata of this name.</summary>
    public static ApiError? CheckIdentity(ApiRequest request, JsonObject item)
    {
        var definition = request.Definition;
        var (kind, apiVersion) = (item.Text("kind"), item.Text("apiVersion"));
        if (string.IsNullOrEmpty(kind) || string.IsNullOrEmpty(apiVersion))
            return ApiErrors.BadRequest($"Object '{(string.IsNullOrEmpty(kind) ? "Kind" : "apiVersion")}' is missing");
        if (apiVersion != definition.ApiVersion)
        {
            return ApiErrors.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({definition.ApiVersion})");
        }

        if (kind != definition.Kind)
        {
            return ApiErrors.Invalid(kind, definition.Group, item.Metadata().Text("name") ?? "", [new FieldCause(
                "kind", $"Invalid value: \"{kind}\": must be {definition.Kind}")]);
        }

        if (item["metadata"] is not (null or JsonObject) || MetadataRules.ShapeProblem(item.Metadata()) is { })
        {
            var problem = item["metadata"] is JsonObject metadata ? MetadataRules.ShapeProblem(metadata) : "metadata: expects an object";
            return ApiErrors.BadRequest($"{kind} in version \"{definition.Version}\" cannot be handled as a {kind}: {problem}");
        }

        return CheckPlace(request, item.Metadata());
    }

    /// <summary>Prunes, lets the admission decide, fills in defaults, validates: in that order, or with the admission first where it does it all.</summary>
    public static async ValueTask<Attempt<WriteDraft>> ApplyAsync(
        ApiRequest request, AdmissionOperation operation, JsonObject item, JsonObject? old, WriteOptions options)
    {
        var (resource, definition) = (request.Resource, request.Definition);
        var admission = request.Path.Subresource is null ? resource.Admission : null;
        var admissionRules = admission is not null && resource.AdmissionCoversSchema;
        var unknown = MetadataRules.Prune(item.Metadata());
        if (!admissionRules || options.Unknown != FieldValidation.Strict) unknown.AddRange(SchemaPruning.Prune(item, definition.Schema));
        if (!admissionRules && RefuseUnknown(definition, unknown, options) is { } strict) return strict;
        if (!admissionRules) SchemaDefaulting.Apply(item, definition.Schema);

        var warnings = new List<string>();
        if (admission is not null)
        {
            var asked = new AdmissionRequest(operation, item, (JsonObject?)old?.DeepClone(), request.Caller, options.IsDryRun);
            var answer = await admission(asked, request.Aborted).ConfigureAwait(false);
            if (answer.Causes.Count > 0) return ApiErrors.Invalid(definition, item.Metadata().Text("name") ?? "", answer.Causes);
            item = answer.Changed ?? item;
            warnings.AddRange(answer.Warnings);
        }

        if (admissionRules)
        {
            unknown.AddRange(SchemaPruning.Prune(item, definition.Schema));
            if (RefuseUnknown(definition, unknown, options) is { } leftOver) return leftOver;
            SchemaDefaulting.Apply(item, definition.Schema);
        }

        var causes = MetadataRules.Problems(item.Metadata());
        if (!admissionRules) causes.AddRange(SchemaValidation.Validate(item, definition.Schema));
        if (causes.Count > 0) return ApiErrors.Invalid(definition, item.Metadata().Text("name") ?? "", causes);
        if (options.Unknown == FieldValidation.Warn) warnings.AddRange(unknown.Select(field => $"unknown field \"{field}\""));
        return new WriteDraft(item, warnings);
    }

    private static ApiError? CheckPlace(ApiRequest request, JsonObject metadata)
    {
        var (ns, name) = (metadata.Text("namespace"), metadata.Text("name"));
        if (request.Path.Name is { } url && string.IsNullOrEmpty(name))
            return ApiErrors.BadRequest($"the name of the object ({url} based on URL) was undeterminable: name must be provided");
        if (request.Path.Name is { } pathName && name != pathName)
            return ApiErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({pathName})");
        if (request.Definition.Scope == ResourceScope.Cluster)
        {
            metadata.Remove("namespace");
            return null;
        }

        if (request.Path.Namespace is not { } pathNamespace) return ApiErrors.BadRequest("an empty namespace may not be set when a resource name is provided");
        if (!string.IsNullOrEmpty(ns) && ns != pathNamespace)
            return ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        if (LabelRules.NameProblem(pathNamespace) is not null) return ApiErrors.BadRequest($"\"{pathNamespace}\" is not a namespace's name");
        metadata["namespace"] = pathNamespace;
        return null;
    }

    private static ApiError? RefuseUnknown(ResourceDefinition definition, List<string> unknown, WriteOptions options)
    {
        if (options.Unknown != FieldValidation.Strict || unknown.Count == 0) return null;
        var fields = string.Join(", ", unknown.Select(field => $"unknown field \"{field}\""));
        return ApiErrors.BadRequest(
            $"{definition.Kind} in version \"{definition.Version}\" cannot be handled as a {definition.Kind}: strict decoding error: {fields}");
    }
}
