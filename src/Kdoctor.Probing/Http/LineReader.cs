using System.Buffers;

namespace Kdoctor.Probing.Http;

/// <summary>Cuts bytes into lines that end in CRLF. A line within one piece is read in place; one that was cut is put together in a pooled buffer.</summary>
internal sealed class LineReader(int budget)
{
    private byte[]? kept;
    private int keptLength;
    private int left;
    private bool dropKept;

    internal void Begin()
    {
        left = budget;
        Release();
    }

    /// <summary>Gives the whole budget again, for framing between pieces of a long body.</summary>
    internal void Refill() => left = budget;

    /// <summary>Reads a line without its end; it lives until the next call.</summary>
    /// <param name="bytes">What is there.</param>
    /// <param name="line">The line.</param>
    /// <param name="used">How many bytes were taken, also without a whole line.</param>
    /// <param name="problem">Why there will be none; null when more bytes may help.</param>
    internal bool TryRead(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line, out int used, out string? problem)
    {
        line = default;
        problem = null;
        if (dropKept)
            Release();
        var end = bytes.IndexOf((byte)'\n');
        used = end < 0 ? bytes.Length : end + 1;
        left -= used;
        if (left < 0)
        {
            Release();
            problem = "head, chunk lines or trailers are longer than 64 KiB";
            return false;
        }
        if (end < 0 || keptLength > 0)
            Keep(bytes[..used]);
        if (end < 0)
            return false;
        var whole = keptLength > 0 ? kept.AsSpan(0, keptLength) : bytes[..used];
        dropKept = keptLength > 0;
        if (whole.Length < 2 || whole[^2] != '\r')
        {
            problem = "a line ends without CR";
            return false;
        }
        line = whole[..^2];
        return true;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (kept is null || kept.Length < keptLength + bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, (keptLength + bytes.Length) * 2));
            kept.AsSpan(0, keptLength).CopyTo(larger);
            if (kept is not null)
                ArrayPool<byte>.Shared.Return(kept);
            kept = larger;
        }
        bytes.CopyTo(kept.AsSpan(keptLength));
        keptLength += bytes.Length;
    }

    private void Release()
    {
        if (kept is not null)
            ArrayPool<byte>.Shared.Return(kept);
        kept = null;
        keptLength = 0;
        dropKept = false;
    }
}
