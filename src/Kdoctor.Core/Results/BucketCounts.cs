namespace Kdoctor.Core.Results;

/// <summary>
/// Counts by bucket. They begin as a sorted list (6 bytes for each different bucket), as the thousands of targets of a mesh need it, and become
/// pages, one per power of two seen, for a target under load or with very many different buckets. Which of the two it is never shows.
/// </summary>
internal struct BucketCounts
{
    // So many buckets lie in four powers of two at least, whose pages would be as large.
    private const int MostListed = 384;

    // A page is found at once and a place in a list is searched: who counts this often has earned the room.
    private const int MostSearched = 16_384;
    private const int FirstListed = 8;
    private const int PageBits = 7;
    private const int PageSize = 1 << PageBits;

    private ushort[]? indexes;
    private uint[]? counts;
    private int listed;
    private int searched;
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
        if (++searched > MostSearched || (place < 0 && listed == MostListed))
            Spread(index, count, bucketCount);
        else if (place >= 0)
            counts![place] = Sum(counts[place], count);
        else
            Insert(~place, (ushort)index, count);
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
