using System.Globalization;
using System.Net;

namespace Kdoctor.TestKit.Processes;

/// <summary>Where a process listens for TCP connections, by <c>/proc</c> (proc(5), net/tcp).</summary>
public static class ListeningPorts
{
    private const string Listening = "0A";

    /// <summary>Every address and port that the process listens on.</summary>
    public static IReadOnlyList<IPEndPoint> Of(int processId)
    {
        var sockets = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd")
            .Select(descriptor => new FileInfo(descriptor).LinkTarget)
            .Where(target => target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
            .Select(target => target!["socket:[".Length..^1])
            .ToHashSet(StringComparer.Ordinal);
        return [.. new[] { "tcp", "tcp6" }
            .SelectMany(table => File.ReadLines($"/proc/{processId}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[3] == Listening && sockets.Contains(columns[9]))
            .Select(columns => EndPoint(columns[1]))];
    }

    // The address is in words of four bytes, each in the order of this machine; the port is in hexadecimal.
    private static IPEndPoint EndPoint(string text)
    {
        var bytes = Convert.FromHexString(text[..text.IndexOf(':', StringComparison.Ordinal)]);
        for (var word = 0; word < bytes.Length; word += 4)
            bytes.AsSpan(word, 4).Reverse();
        return new IPEndPoint(new IPAddress(bytes), int.Parse(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
