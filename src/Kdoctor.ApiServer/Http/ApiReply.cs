using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;

namespace Kdoctor.ApiServer.Http;

/// <summary>An answer ready to be sent.</summary>
/// <param name="Code">HTTP status.</param>
/// <param name="Body">JSON text, or whatever <paramref name="ContentType"/> says.</param>
/// <param name="ContentType">Media type of the body.</param>
internal sealed record ApiReply(int Code, ReadOnlyMemory<byte> Body, string ContentType = "application/json")
{
    /// <summary>Warnings sent; headers must stay small.</summary>
    private const int MaxWarnings = 20;

    /// <summary>Sentences for the user.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Seconds after which the client should try again.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The warnings as header values (RFC 7234 section 5.5, code 299), in the printable ASCII that a header can hold.</summary>
    public IEnumerable<string> WarningHeaders => Warnings.Take(MaxWarnings).Select(warning => $"299 - \"{Quoted(warning)}\"");

    public static ApiReply Json(JsonNode body, int code = 200) => new(code, JsonText.Write(body));

    private static string Quoted(string text) =>
        string.Concat(text.Take(256).Select(c => c is '"' or '\\' ? "\\" + c : c is < ' ' or > '~' ? "?" : c.ToString()));
}
