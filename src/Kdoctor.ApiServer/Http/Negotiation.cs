using Kdoctor.ApiServer.Errors;

namespace Kdoctor.ApiServer.Http;

/// <summary>Chooses the form of an answer.</summary>
internal static class Negotiation
{
    /// <summary>The best form that this server has, or 406.</summary>
    public static Attempt<ResponseForm> Choose(string? accept)
    {
        foreach (var range in MediaRange.Parse(accept))
        {
            if (!range.IsJson) continue;
            var form = range["as"];
            if (form is null) return ResponseForm.Plain;
            if (range["g"] != "meta.k8s.io" || range["v"] is not ("v1" or "v1beta1")) continue;
            if (form == "Table") return new ResponseForm(ResponseKind.Table, range["v"]!);
            if (form is "PartialObjectMetadata" or "PartialObjectMetadataList") return new ResponseForm(ResponseKind.PartialMetadata, range["v"]!);
        }

        return ApiErrors.NotAcceptable("application/json");
    }
}
