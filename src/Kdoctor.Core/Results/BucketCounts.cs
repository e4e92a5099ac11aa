namespace Kdoctor.Core.Results;

/// <summary>
/// Counts by bucket. Few different buckets are kept as a sorted list (6 bytes each), as the thousands of targets of a mesh need it; many as
/// pages, one per power of two seen, of a byte per bucket until one of its counts needs more. Which of them it is never shows.
/// </summary>
internal struct BucketCounts
{
    // A list this long takes no more than two pages; beyond it, pages are faster.
    private const int MostListed = 48;
    private const int FirstListed = 8;
    private const int PageBits = 7;
    private const int PageSize = 1 << PageBits;

    private ushort[]? indexes;
    private uint[]? counts;
    private int listed;

    // A page is in one of the two.
    private byte[]?[]? narrow;
    private uint[]?[]? wide;

    /// <summary>Adds to a bucket; a count stays at its greatest value rather than wrap.</summary>
    public void Add(int index, uint count, int bucketCount)
    {
        if (narrow is not null)
        {
            AddPaged(index, count);
            return;
        }
        var place = indexes is null ? ~0 : Array.BinarySearch(indexes, 0, listed, (ushort)index);
        if (place >= 0)
            counts![place] = Sum(counts[place], count);
        else if (listed < MostListed)
            Insert(~place, (ushort)index, count);
        else
            Spread(index, count, bucketCount);
    }

    /// <summary>The buckets with a count, in ascending order.</summary>
    public readonly IEnumerable<(int Index, uint Count)> NonEmpty() => narrow is { } paged ? Paged(paged, wide) : Listed(indexes, counts, listed);

    private static IEnumerable<(int Index, uint Count)> Listed(ushort[]? indexes, uint[]? counts, int listed)
    {
        for (var place = 0; place < listed; place++)
            yield return (indexes![place], counts![place]);
    }

    private static IEnumerable<(int Index, uint Count)> Paged(byte[]?[] narrow, uint[]?[]? wide)
    {
        for (var page = 0; page < narrow.Length; page++)
        {
            if (narrow[page] is null && wide?[page] is null)
                continue;
            for (var slot = 0; slot < PageSize; slot++)
            {
                var count = narrow[page] is { } octets ? octets[slot] : wide![page]![slot];
                if (count != 0)
                    yield return ((page << PageBits) + slot, count);
            }
        }
    }

    private void Insert(int place, ushort index, uint count)
    {
        if (indexes is null || listed == indexes.Length)
        {
            var size = Math.Min(MostListed, indexes is null ? FirstListed : indexes.Length * 2);
            Array.Resize(ref indexes, size);
            Array.Resize(ref counts, size);
        }
        Array.Copy(indexes, place, indexes, place + 1, listed - place);
        Array.Copy(counts!, place, counts!, place + 1, listed - place);
        indexes[place] = index;
        counts![place] = count;
        listed++;
    }

    private void Spread(int index, uint count, int bucketCount)
    {
        narrow = new byte[]?[bucketCount >> PageBits];
        for (var place = 0; place < listed; place++)
            AddPaged(indexes![place], counts![place]);
        (indexes, counts, listed) = (null, null, 0);
        AddPaged(index, count);
    }

    private void AddPaged(int index, uint count)
    {
        var page = index >> PageBits;
        var slot = index & (PageSize - 1);
        if (wide?[page] is { } words)
        {
            words[slot] = Sum(words[slot], count);
            return;
        }
        var octets = narrow![page] ??= new byte[PageSize];
        var sum = Sum(octets[slot], count);
        if (sum <= byte.MaxValue)
            octets[slot] = (byte)sum;
        else
            Widen(page)[slot] = sum;
    }

    private uint[] Widen(int page)
    {
        wide ??= new uint[]?[narrow!.Length];
        var words = wide[page] = Array.ConvertAll(narrow![page]!, octet => (uint)octet);
        narrow[page] = null;
        return words;
    }

    private static uint Sum(uint left, uint right) => uint.MaxValue - left < right ? uint.MaxValue : left + right;
}
