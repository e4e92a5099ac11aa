using System.Collections.Immutable;

namespace Kdoctor.Core.Planning;

/// <summary>What was read of a Secret or ConfigMap: its entries, or why there are none. Held in memory only, for as long as a round needs it.</summary>
public sealed class ObjectContent
{
    private ObjectContent(ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> entries, string? problem) => (Entries, Problem) = (entries, problem);

    /// <summary>The entries by key, those of <c>data</c> and of <c>binaryData</c> alike; empty when it could not be read.</summary>
    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Entries { get; }

    /// <summary>Why it could not be read, and what would change that; null when it could.</summary>
    public string? Problem { get; }

    /// <summary>An object that was read.</summary>
    public static ObjectContent Of(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> entries) =>
        new(entries.ToImmutableSortedDictionary(StringComparer.Ordinal), null);

    /// <summary>An object that could not be read.</summary>
    public static ObjectContent Unreadable(string problem)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(problem);
        return new(ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty, problem);
    }
}
