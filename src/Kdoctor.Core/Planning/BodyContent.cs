using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kdoctor.Core.Planning;

/// <summary>
/// A request's body out of a ConfigMap: the entry <c>body</c> as it is where that is the only one, else all entries as one JSON object of texts, in
/// the order of their keys, which is what earlier releases always sent.
/// </summary>
internal static class BodyContent
{
    private const string WholeBody = "body";

    public static ReadOnlyMemory<byte> Read(ObjectReference from, ObjectContent content, out string? problem)
    {
        problem = content.Problem;
        if (problem is not null)
            return default;
        if (content.Entries.IsEmpty)
        {
            problem = $"{from} has no data; put the body under the key {WholeBody}";
            return default;
        }
        if (content.Entries.Count == 1 && content.Entries.TryGetValue(WholeBody, out var whole))
            return whole;
        if (content.Entries.FirstOrDefault(entry => !System.Text.Unicode.Utf8.IsValid(entry.Value.Span)) is { Key: { } binary })
        {
            problem = $"{from} has the key {binary} whose value is not UTF-8, so that no JSON can be made of it; leave only the key {WholeBody} to send bytes as they are";
            return default;
        }
        return Json(content);
    }

    private static ReadOnlyMemory<byte> Json(ObjectContent content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var (key, value) in content.Entries)
                json.WriteString(Encoding.UTF8.GetBytes(key), value.Span);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
