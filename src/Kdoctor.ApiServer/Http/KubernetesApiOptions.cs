namespace Kdoctor.ApiServer.Http;

/// <summary>Limits and identity of a <see cref="KubernetesApi"/>. Every limit holds for one process.</summary>
public sealed record KubernetesApiOptions
{
    /// <summary>What <c>/version</c> answers as <c>gitVersion</c>; kubectl compares its own version with it.</summary>
    public string GitVersion { get; init; } = "v1.32.0+kdoctor";

    /// <summary>Bytes of a request's body, 1 KiB or more. Beyond it: 413.</summary>
    public int MaxBodyBytes { get; init; } = 3 * 1024 * 1024;

    /// <summary>Watches open at once, 1 or more. Beyond it: 429.</summary>
    public int MaxWatches { get; init; } = 1000;

    /// <summary>How long a watch lasts that names no timeout; and the most that it may name.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Time between bookmarks of a watch that asks for them.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a watcher may take to read one event before it is cut.</summary>
    public TimeSpan WatchWriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Names every problem at once.</summary>
    internal IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (GitVersion.Length == 0) problems.Add($"{nameof(GitVersion)} is empty");
        if (MaxBodyBytes < 1024) problems.Add($"{nameof(MaxBodyBytes)} is {MaxBodyBytes}; give 1024 or more");
        if (MaxWatches < 1) problems.Add($"{nameof(MaxWatches)} is {MaxWatches}; give 1 or more");
        foreach (var (name, value) in ((string, TimeSpan)[])
            [(nameof(WatchTimeout), WatchTimeout), (nameof(BookmarkInterval), BookmarkInterval), (nameof(WatchWriteTimeout), WatchWriteTimeout)])
        {
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromDays(1)) problems.Add($"{name} is {value}; give 1 second to 1 day");
        }

        return problems;
    }
}
