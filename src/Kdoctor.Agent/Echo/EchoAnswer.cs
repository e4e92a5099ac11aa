using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Agent.Echo;

/// <summary>Writes an echo's answers, one at a time, into buffers that live as long as the server.</summary>
internal sealed class EchoAnswer : IDisposable
{
    // Buffers that grew for one large body are not kept for the many small ones.
    private const int KeptCapacity = 256 * 1024;

    private readonly EchoOptions options;
    private readonly TimeProvider time;
    private readonly byte[] identity;
    private readonly Utf8JsonWriter json;
    private ArrayBufferWriter<byte> body = new(4096);
    private ArrayBufferWriter<byte> message = new(8192);
    private byte[] date = [];
    private long dateSecond = -1;

    internal EchoAnswer(EchoOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        identity = Encoding.ASCII.GetBytes($"Kdoctor-Agent-Id: {options.AgentId}\r\n");
        json = new Utf8JsonWriter(body);
    }

    public void Dispose() => json.Dispose();

    /// <summary>The answer to a request, until the next one is written.</summary>
    internal ReadOnlySpan<byte> Write(RequestHead head, ReadOnlySpan<byte> request, ReadOnlySpan<byte> requestBody, in EchoContext context)
    {
        WriteJson(head, request, requestBody, context);
        if (context.Status == QueryParameters.Good)
            Begin("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"u8);
        else
            Begin(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {context.Status} {ReasonOf(context.Status)}\r\nContent-Type: application/json\r\n")));
        Add(identity);
        var nonce = request[head.Nonce];
        if (!nonce.IsEmpty)
        {
            Add("Kdoctor-Nonce: "u8);
            Add(nonce);
            Add("\r\n"u8);
        }
        AddNumber("Kdoctor-Service-Time-Us: "u8, context.ServiceTimeNs / 1000);
        Add(DateField());
        // RFC 9110 section 8.6: these two have none.
        var bodiless = context.Status is 204 or 304;
        if (!bodiless)
            AddNumber("Content-Length: "u8, body.WrittenCount);
        Add(context.KeepsConnection ? "Connection: keep-alive\r\n\r\n"u8 : "Connection: close\r\n\r\n"u8);
        if (head.Method != "HEAD" && !bodiless)
            Add(body.WrittenSpan);
        return message.WrittenSpan;
    }

    /// <summary>The answer that is a text and no echo, until the next one is written.</summary>
    internal ReadOnlySpan<byte> WriteText(RequestHead head, ReadOnlySpan<byte> text)
    {
        Begin("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"u8);
        Add(DateField());
        AddNumber("Content-Length: "u8, text.Length);
        Add(head.KeepsConnection ? "Connection: keep-alive\r\n\r\n"u8 : "Connection: close\r\n\r\n"u8);
        if (head.Method != "HEAD")
            Add(text);
        return message.WrittenSpan;
    }

    /// <summary>The answer to a request that is refused; the connection is closed after it.</summary>
    internal ReadOnlySpan<byte> WriteRefusal(int status)
    {
        Begin("HTTP/1.1 "u8);
        Add(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{status} {ReasonOf(status)}\r\n")));
        Add(identity);
        Add(DateField());
        Add("Content-Length: 0\r\nConnection: close\r\n\r\n"u8);
        return message.WrittenSpan;
    }

    private static string ReasonOf(int status) => status switch
    {
        400 => "Bad Request",
        404 => "Not Found",
        408 => "Request Timeout",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        502 => "Bad Gateway",
        504 => "Gateway Timeout",
        < 300 => "OK",
        < 400 => "Elsewhere",
        _ => "Error",
    };

    private void WriteJson(RequestHead head, ReadOnlySpan<byte> request, ReadOnlySpan<byte> requestBody, in EchoContext context)
    {
        if (body.Capacity > KeptCapacity)
            body = new ArrayBufferWriter<byte>(4096);
        body.ResetWrittenCount();
        json.Reset(body);
        json.WriteStartObject();
        json.WriteString("serverName"u8, options.ServerName);
        WriteClient(context.Peer);
        json.WriteString("requestMethod"u8, head.Method);
        var target = request[head.Target];
        WriteText("requestUrl"u8, target);
        json.WriteStartObject("requestHeader"u8);
        for (var index = 0; index < head.FieldCount; index++)
        {
            var (name, value) = head.Field(index);
            WriteText(request[name], request[value]);
        }
        json.WriteEndObject();
        WriteText("requestBody"u8, requestBody);
        WriteText("requestParam"u8, QueryParameters.QueryOf(target));
        json.WriteNumber("requestCount"u8, context.TaskCount);
        json.WriteString("TaskName"u8, context.Task ?? "");
        if (context.Record is { } record)
            WriteRecord(record);
        json.WriteEndObject();
        json.Flush();
    }

    private void WriteRecord(TaskRecord record)
    {
        json.WriteStartObject("taskRecord"u8);
        json.WriteNumber("http2"u8, record.Http2);
        if (record.Body is { } last)
        {
            json.WriteNumber("bodyCount"u8, last.Count);
            json.WriteNumber("bodyLength"u8, last.Length);
            json.WriteString("bodySha256"u8, last.Sha256);
        }
        json.WriteEndObject();
    }

    // Bytes that are not UTF-8 become replacement characters: JSON knows text only.
    private void WriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (System.Text.Unicode.Utf8.IsValid(value))
            json.WriteString(name, value);
        else
            json.WriteString(name, Encoding.UTF8.GetString(value));
    }

    private void WriteClient(ReadOnlySpan<byte> peer)
    {
        Span<byte> text = stackalloc byte[64];
        KernelAddress.Read(peer).Address.TryFormat(text, out var length);
        json.WriteString("clientIp"u8, text[..length]);
    }

    private void Begin(ReadOnlySpan<byte> start)
    {
        if (message.Capacity > KeptCapacity)
            message = new ArrayBufferWriter<byte>(8192);
        message.ResetWrittenCount();
        Add(start);
    }

    private void Add(ReadOnlySpan<byte> bytes) => message.Write(bytes);

    private void AddNumber(ReadOnlySpan<byte> name, long value)
    {
        Add(name);
        Utf8Formatter.TryFormat(value, message.GetSpan(24), out var length);
        message.Advance(length);
        Add("\r\n"u8);
    }

    // RFC 9110 section 6.6.1, made once a second.
    private byte[] DateField()
    {
        var now = time.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        if (second != dateSecond)
        {
            date = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Date: {now:R}\r\n"));
            dateSecond = second;
        }
        return date;
    }
}

/// <summary>What an answer says beyond its request.</summary>
internal readonly ref struct EchoContext
{
    internal required ReadOnlySpan<byte> Peer { get; init; }

    internal required int Status { get; init; }

    internal required string? Task { get; init; }

    internal required long TaskCount { get; init; }

    internal required TaskRecord? Record { get; init; }

    internal required long ServiceTimeNs { get; init; }

    internal required bool KeepsConnection { get; init; }
}
