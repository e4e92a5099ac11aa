namespace Kdoctor.Core.Results;

/// <summary>
/// Counts by bucket. Few different buckets are kept as a sorted list (6 bytes each), as the thousands of targets of a mesh need it; many as
/// pages, one per power of two seen, as a target under load needs it. Which of the two it is never shows.
/// </summary>
internal struct BucketCounts
{
    // A list this long takes less than the smallest page; beyond it, pages are faster.
    private const int MostListed = 48;
    private const int FirstListed = 8;
    private const int PageBits = 7;
    private const int PageSize = 1 << PageBits;

    private ushort[]? indexes;
    private uint[]? counts;
    private int listed;
    private uint[]?[]? pages;

    /// <summary>Adds to a bucket; a count stays at its greatest value rather than wrap.</summary>
    public void Add(int index, uint count, int bucketCount)
    {
        if (pages is not null)
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
    public readonly IEnumerable<(int Index, uint Count)> NonEmpty() => pages is { } paged ? Paged(paged) : Listed(indexes, counts, listed);

    private static IEnumerable<(int Index, uint Count)> Listed(ushort[]? indexes, uint[]? counts, int listed)
    {
        for (var place = 0; place < listed; place++)
            yield return (indexes![place], counts![place]);
    }

    private static IEnumerable<(int Index, uint Count)> Paged(uint[]?[] pages)
    {
        for (var page = 0; page < pages.Length; page++)
        {
            if (pages[page] is not { } slots)
                continue;
            for (var slot = 0; slot < PageSize; slot++)
            {
                if (slots[slot] != 0)
                    yield return ((page << PageBits) + slot, slots[slot]);
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
        pages = new uint[]?[bucketCount >> PageBits];
        for (var place = 0; place < listed; place++)
            AddPaged(indexes![place], counts![place]);
        (indexes, counts, listed) = (null, null, 0);
        AddPaged(index, count);
    }

    private readonly void AddPaged(int index, uint count)
    {
        var page = pages![index >> PageBits] ??= new uint[PageSize];
        ref var slot = ref page[index & (PageSize - 1)];
        slot = Sum(slot, count);
    }

    private static uint Sum(uint left, uint right) => uint.MaxValue - left < right ? uint.MaxValue : left + right;
}
