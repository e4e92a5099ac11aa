using System.Globalization;

namespace Kdoctor.TestKit.Rude;

/// <summary>What a server itself counts: requests by path, and when the last of each came.</summary>
public sealed class PathCounts(TimeProvider time)
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Last)> paths = [];
    private readonly List<(string Path, int Count, TaskCompletionSource Reached)> waiting = [];

    /// <summary>Answers 200 to every request, and counts it.</summary>
    public async Task AnswerAsync(RudeConnection connection)
    {
        if ((await connection.ReadRequestAsync()).Split(' ') is not [_, var path, ..])
            return;
        Add(path);
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }

    /// <summary>Waits until a path was asked for so many times.</summary>
    public async Task ReachAsync(string path, int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (paths.GetValueOrDefault(path).Count >= count)
                return;
            waiting.Add((path, count, reached));
        }
        await reached.Task.WaitAsync(Hang, time);
    }

    /// <summary>How often a path was asked for, and when last.</summary>
    public (int Count, DateTimeOffset Last) Of(string path)
    {
        lock (gate)
            return paths.GetValueOrDefault(path);
    }

    public override string ToString()
    {
        lock (gate)
            return string.Join(", ", paths.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}: {entry.Value.Count}, last {entry.Value.Last:HH:mm:ss.fff}")));
    }

    private void Add(string path)
    {
        lock (gate)
        {
            var count = paths.GetValueOrDefault(path).Count + 1;
            paths[path] = (count, time.GetUtcNow());
            foreach (var (_, _, reached) in waiting.Where(wait => wait.Path == path && wait.Count <= count))
                reached.TrySetResult();
        }
    }
}
