using System.Buffers;
using System.Globalization;
using System.Text;
using Kdoctor.Probing.Http;

namespace Kdoctor.Agent.Apps.Http2;

/// <summary>A request as it comes in over HTTP/2, piece by piece (RFC 9113 section 8.3.1).</summary>
internal sealed class ServedRequest : IFieldObserver
{
    private const int MaxBody = 1024 * 1024;

    private readonly StringBuilder fields = new();
    private readonly ArrayBufferWriter<byte> body = new();
    private string method = "";
    private string target = "/";
    private string authority = "";

    /// <summary>Whether it can be carried on: it has a method, and nothing in it breaks HTTP.</summary>
    public bool Fits { get; private set; } = true;

    /// <summary>Takes one of its fields; trailers are read and dropped by whoever calls.</summary>
    public void OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (FieldLine.HasControls(value) || value.Contains((byte)'\n'))
        {
            Fits = false;
            return;
        }
        var text = Encoding.Latin1.GetString(value);
        if (name.StartsWith(":"u8))
            Take(Encoding.Latin1.GetString(name), text);
        else if (!FieldLine.IsToken(name))
            Fits = false;
        else if (!name.SequenceEqual("content-length"u8) && !name.SequenceEqual("host"u8) && !name.SequenceEqual("expect"u8))
            fields.Append(Encoding.Latin1.GetString(name)).Append(": ").Append(text).Append("\r\n");
    }

    /// <summary>Takes a piece of its body; false when it becomes too large.</summary>
    public bool TryAdd(ReadOnlySpan<byte> piece)
    {
        if (body.WrittenCount + piece.Length > MaxBody)
            return false;
        body.Write(piece);
        return true;
    }

    /// <summary>The same request in HTTP/1.1, on a connection of its own.</summary>
    public byte[] ToHttp11()
    {
        var head = string.Create(
            CultureInfo.InvariantCulture, $"{method} {target} HTTP/1.1\r\nHost: {authority}\r\n{fields}Content-Length: {body.WrittenCount}\r\nConnection: close\r\n\r\n");
        return [.. Encoding.Latin1.GetBytes(head), .. body.WrittenSpan];
    }

    private void Take(string name, string text)
    {
        Fits &= !text.Contains(' ', StringComparison.Ordinal);
        if (name == ":method")
            method = text;
        else if (name == ":path")
            target = text;
        else if (name == ":authority")
            authority = text;
        Fits &= method.Length > 0 || name != ":path";
    }
}
