using System.Globalization;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Selecting;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>What a list, watch or deletecollection selects.</summary>
internal sealed record ListOptions(LabelSelector Labels, FieldSelector Fields, int? Limit, ContinueToken? Continue, long? ResourceVersion)
{
    public static Attempt<ListOptions> Read(ApiRequest request)
    {
        if (!LabelSelector.Parse(request.Query("labelSelector")).Succeeded(out var labels, out var error)) return error;
        var isEvent = request.Definition is { Kind: "Event", Group: "" or "events.k8s.io" };
        if (!FieldSelector.Parse(request.Query("fieldSelector"), isEvent).Succeeded(out var fields, out error)) return error;
        if (!Number(request, "limit", out var limit) || !Number(request, "resourceVersion", out var version))
            return ApiErrors.BadRequest("limit and resourceVersion must be whole numbers");
        ContinueToken? token = null;
        if (request.Query("continue") is { Length: > 0 } text && !ContinueToken.Parse(text).Succeeded(out token, out error)) return error;
        return new ListOptions(labels, fields, limit > 0 ? (int)Math.Min(limit.Value, int.MaxValue) : null, token, version > 0 ? version : null);
    }

    public bool Selects(ApiObject item, string? ns) =>
        (ns is null || item.Namespace == ns) && Labels.Matches(item.Labels) && Fields.Matches(item);

    private static bool Number(ApiRequest request, string name, out long? value)
    {
        value = null;
        if (string.IsNullOrEmpty(request.Query(name))) return true;
        var isNumber = long.TryParse(request.Query(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        value = number;
        return isNumber;
    }
}
