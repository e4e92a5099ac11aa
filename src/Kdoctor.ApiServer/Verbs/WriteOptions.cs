using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>What to do about fields that the resource does not know.</summary>
internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <summary>The query of a write.</summary>
internal sealed record WriteOptions(bool IsDryRun, FieldValidation Unknown)
{
    /// <param name="request">The request.</param>
    /// <param name="kind">Name of the options for messages: CreateOptions, UpdateOptions, PatchOptions or DeleteOptions.</param>
    public static Attempt<WriteOptions> Read(ApiRequest request, string kind)
    {
        var dryRun = request.Http.Request.Query["dryRun"];
        if (dryRun.Any(value => value != "All"))
            return NotSupported(kind, "dryRun", $"[]string{{{string.Join(", ", dryRun.Select(value => $"\"{value}\""))}}}", "\"All\"");
        var isDryRun = dryRun.Count > 0;
        return request.Query("fieldValidation") switch
        {
            // The real server's default.
            null or "" or "Warn" => new WriteOptions(isDryRun, FieldValidation.Warn),
            "Ignore" => new WriteOptions(isDryRun, FieldValidation.Ignore),
            "Strict" => new WriteOptions(isDryRun, FieldValidation.Strict),
            var other => NotSupported(kind, "fieldValidation", $"\"{other}\"", "\"\", \"Ignore\", \"Strict\", \"Warn\""),
        };
    }

    internal static ApiError NotSupported(string kind, string field, string value, string supported) => ApiErrors.Invalid(
        kind, "meta.k8s.io", "", [new FieldCause(field, $"Unsupported value: {value}: supported values: {supported}", FieldCause.NotSupported)]);
}
