using Xunit;

namespace Kdoctor.TestKit.Fuzzing;

/// <summary>A decoder of foreign bytes, and what it promises whatever they are.</summary>
/// <param name="Name">What it is called in commands, and its folder in the corpus.</param>
/// <param name="Takes">
/// Reads the bytes: true where they were sound, false where they were refused as they should be. Throws where a promise is broken.
/// The same bytes always do the same.
/// </param>
/// <param name="Seeds">What to begin with, sound bytes among it.</param>
public sealed record FuzzTarget(string Name, Func<byte[], bool> Takes, Func<IEnumerable<byte[]>> Seeds)
{
    /// <summary>Reads: true where that ends well, false where it ends with a refusal, which says why.</summary>
    /// <param name="read">What reads, and holds what was read to its promises.</param>
    /// <param name="isRefusal">With which exceptions the decoder may refuse.</param>
    internal static bool IsTaken(Action read, Func<Exception, bool> isRefusal)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception refusal) when (isRefusal(refusal))
        {
            Assert.NotEmpty(refusal.Message);
            return false;
        }
    }

    /// <summary>Chance that depends on the bytes alone: where to cut them, which way to go.</summary>
    internal static Random ChanceOf(byte[] bytes) => new(bytes.Aggregate(17, (hash, octet) => unchecked((hash * 31) + octet)));
}
