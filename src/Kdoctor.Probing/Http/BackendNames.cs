using System.Collections.Frozen;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Http;

/// <summary>The identities that answers carry, as one string per backend, however often it is seen.</summary>
/// <param name="expected">The identities of which one must answer; empty lets every one pass.</param>
/// <remarks>Remembers at most <see cref="TargetShard.MaxKeys"/> strangers; further ones cost a string each.</remarks>
internal sealed class BackendNames(FrozenSet<string> expected)
{
    private Dictionary<string, string>? strangers;

    /// <summary>The identity as text; null for none.</summary>
    internal string? Of(ReadOnlySpan<byte> identity)
    {
        if (identity.IsEmpty)
            return null;
        Span<char> text = stackalloc char[EchoEvidence.MaxIdentity];
        for (var index = 0; index < identity.Length; index++)
            text[index] = char.IsAscii((char)identity[index]) ? (char)identity[index] : '?';
        text = text[..identity.Length];
        if (expected.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known))
            return known;
        var others = (strangers ??= new(StringComparer.Ordinal)).GetAlternateLookup<ReadOnlySpan<char>>();
        if (others.TryGetValue(text, out var stranger))
            return stranger;
        stranger = text.ToString();
        if (strangers.Count < TargetShard.MaxKeys)
            strangers[stranger] = stranger;
        return stranger;
    }

    internal bool Expects(string backend) => expected.Count == 0 || expected.Contains(backend);
}
