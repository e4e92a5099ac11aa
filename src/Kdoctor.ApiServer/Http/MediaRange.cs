using System.Globalization;

namespace Kdoctor.ApiServer.Http;

/// <summary>One entry of an Accept header (RFC 9110 section 12.5.1) with the parameters that Kubernetes adds.</summary>
/// <param name="Type">Media type in lower case, for example <c>application/json</c>.</param>
/// <param name="Parameters">Parameters such as <c>as</c>, <c>g</c>, <c>v</c>.</param>
/// <param name="Quality">0..1.</param>
internal sealed record MediaRange(string Type, IReadOnlyDictionary<string, string> Parameters, double Quality)
{
    /// <summary>Entries of a header that are looked at.</summary>
    private const int MaxEntries = 32;

    public bool IsJson => Type is "application/json" or "application/*" or "*/*";

    /// <summary>The entries, best first, in their order where they are equal. An empty header accepts anything.</summary>
    public static IReadOnlyList<MediaRange> Parse(string? header) => string.IsNullOrWhiteSpace(header)
        ? [new MediaRange("*/*", new Dictionary<string, string>(), 1)]
        : [.. header.Split(',', MaxEntries).Select(ParseOne).Where(range => range.Quality > 0).OrderByDescending(range => range.Quality)];

    public string? this[string parameter] => Parameters.GetValueOrDefault(parameter);

    private static MediaRange ParseOne(string text)
    {
        var parts = text.Split(';');
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.Skip(1))
        {
            var pair = part.Split('=', 2);
            if (pair.Length == 2) parameters[pair[0].Trim().ToLowerInvariant()] = pair[1].Trim().Trim('"');
        }

        var quality = parameters.TryGetValue("q", out var q)
            && double.TryParse(q, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : 1;
        return new MediaRange(parts[0].Trim().ToLowerInvariant(), parameters, quality);
    }
}
