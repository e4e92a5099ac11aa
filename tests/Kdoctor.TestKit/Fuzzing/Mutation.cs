namespace Kdoctor.TestKit.Fuzzing;

/// <summary>What a fuzz test makes of sound bytes: a few changes by chance, of the kinds that break decoders.</summary>
public static class Mutation
{
    private const int LongestCut = 8;
    private const int LongestCopy = 60;

    /// <summary>Changes one of a corpus in one to five places; some of another may get into it.</summary>
    public static byte[] Of(IReadOnlyList<byte[]> corpus, Random random)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(random);
        var bytes = corpus[random.Next(corpus.Count)].ToList();
        for (var left = random.Next(1, 6); left > 0; left--)
            Change(bytes, corpus, random);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, IReadOnlyList<byte[]> corpus, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)(random.Next(2) == 0 ? 0xFF : 0xC0 | random.Next(4));
                break;
            case 3:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 4 when at < bytes.Count:
                bytes.RemoveRange(at, Math.Min(random.Next(1, LongestCut + 1), bytes.Count - at));
                break;
            case 5 when random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                bytes.InsertRange(at, Part(bytes, random));
                break;
            default:
                bytes.InsertRange(at, Part(corpus[random.Next(corpus.Count)], random));
                break;
        }
    }

    private static byte[] Part(IReadOnlyList<byte> bytes, Random random)
    {
        var from = random.Next(bytes.Count + 1);
        return [.. bytes.Skip(from).Take(random.Next(LongestCopy))];
    }
}
