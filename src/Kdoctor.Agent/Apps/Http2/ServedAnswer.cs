using System.Globalization;
using System.Text;
using Kdoctor.Probing.Http2;

namespace Kdoctor.Agent.Apps.Http2;

/// <summary>An answer of the echo, to be sent over HTTP/2.</summary>
/// <param name="Block">Its fields in HPACK (RFC 7541), without use of a table that grows.</param>
/// <param name="Body">Its body.</param>
internal sealed record ServedAnswer(byte[] Block, ReadOnlyMemory<byte> Body)
{
    /// <summary>Reads what the echo said on a connection that it then closed.</summary>
    /// <exception cref="IOException">That is no whole answer.</exception>
    public static ServedAnswer OfHttp11(byte[] answer)
    {
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
            throw new IOException("the echo closed before it answered");
        var lines = Encoding.Latin1.GetString(answer, 0, end).Split("\r\n");
        var block = new List<byte>();
        Add(block, ":status", lines[0].Split(' ')[1]);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = line[..colon].ToLower(CultureInfo.InvariantCulture);

            // RFC 9113 section 8.2.2: what belongs to the connection stays there.
            if (name != "connection")
                Add(block, name, line[(colon + 1)..].Trim());
        }
        return new([.. block], answer.AsMemory(end + 4));
    }

    // RFC 7541 section 6.2.2: a literal that nobody keeps, its name too; not coded (section 5.2).
    private static void Add(List<byte> block, string name, string value)
    {
        block.Add(0);
        foreach (var text in new[] { name, value })
        {
            HpackInteger.Write(block, 0, 7, text.Length);
            block.AddRange(Encoding.Latin1.GetBytes(text));
        }
    }
}
