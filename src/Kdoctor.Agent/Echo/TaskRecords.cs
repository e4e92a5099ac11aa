using System.Security.Cryptography;

namespace Kdoctor.Agent.Echo;

/// <summary>What a server that lets others try themselves out remembers of each task's requests, beside their count. On the loop's thread only.</summary>
internal sealed class TaskRecords(int capacity)
{
    private readonly Dictionary<string, TaskRecord> records = new(StringComparer.Ordinal);

    /// <summary>Keeps what one request tells; of tasks beyond the capacity nothing is kept.</summary>
    /// <returns>The task's record with it; null where none is kept.</returns>
    internal TaskRecord? Keep(string task, ReadOnlySpan<byte> body, bool http2)
    {
        if (!records.TryGetValue(task, out var known) && records.Count >= capacity)
            return null;
        var record = known ?? new TaskRecord(0, null);
        if (http2)
            record = record with { Http2 = record.Http2 + 1 };
        if (!body.IsEmpty)
        {
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(body));
            record = record with { Body = new TaskBody(record.Body?.Sha256 == sha256 ? record.Body.Count + 1 : 1, body.Length, sha256) };
        }
        return records[task] = record;
    }
}

/// <summary>One task's requests.</summary>
/// <param name="Http2">How many came over HTTP/2.</param>
/// <param name="Body">The body that came last; null for none so far. A request without one changes nothing.</param>
internal sealed record TaskRecord(long Http2, TaskBody? Body);

/// <summary>A body, by what tells whether it is the one that was sent.</summary>
/// <param name="Count">How many requests in turn had it.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">In hexadecimal.</param>
internal sealed record TaskBody(long Count, int Length, string Sha256);
