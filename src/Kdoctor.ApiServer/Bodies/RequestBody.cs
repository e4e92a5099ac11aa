using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Microsoft.AspNetCore.Http;

namespace Kdoctor.ApiServer.Bodies;

/// <summary>The body of a write: at most <paramref name="limit"/> bytes, in JSON, YAML or, for a few core objects, protobuf.</summary>
/// <param name="limit">Bytes accepted.</param>
internal sealed class RequestBody(long limit)
{
    public const string ObjectTypes = "application/json, application/yaml";

    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    /// <summary>Reads the bytes.</summary>
    public async ValueTask<Attempt<byte[]>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit) return ApiErrors.TooLarge(limit);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        try
        {
            for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                if (buffer.Length + read > limit) return ApiErrors.TooLarge(limit);
                buffer.Write(chunk, 0, read);
            }
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ApiErrors.TooLarge(limit) : ApiErrors.BadRequest(e.Message);
        }

        return buffer.ToArray();
    }

    /// <summary>The media type without its parameters, in lower case; JSON when the request names none.</summary>
    public static string MediaType(HttpRequest request)
    {
        var type = request.ContentType?.Split(';', 2)[0].Trim().ToLowerInvariant();
        return string.IsNullOrEmpty(type) ? "application/json" : type;
    }

    /// <summary>Parses an object that was sent as JSON, YAML or protobuf.</summary>
    public static Attempt<JsonObject> ParseObject(byte[] body, string mediaType, string kind)
    {
        if (mediaType is not ("application/json" or "application/yaml") && !(mediaType == ProtobufObject.MediaType && ProtobufObject.Knows(kind))) return ApiErrors.UnsupportedMediaType(ObjectTypes);
        var what = $"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; ";
        try
        {
            var node = mediaType switch
            {
                "application/yaml" => ParseYaml(body),
                ProtobufObject.MediaType => ProtobufObject.Read(body),
                _ => JsonText.Read(body),
            };
            return node is JsonObject parsed ? parsed : ApiErrors.BadRequest(what + "it is not an object");
        }
        catch (FormatException e)
        {
            return ApiErrors.BadRequest(what + "parse error: " + e.Message);
        }
    }

    /// <summary>Parses YAML, of which JSON is a part.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static JsonNode? ParseYaml(byte[] body)
    {
        try
        {
            return YamlText.Read(StrictUtf8.GetString(body));
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("the text is not UTF-8", e);
        }
    }
}
