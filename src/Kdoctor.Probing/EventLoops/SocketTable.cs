namespace Kdoctor.Probing.EventLoops;

/// <summary>
/// Who watches which descriptor. A descriptor's number is used again as soon as it is closed, so each watch has a key of number and
/// generation: an event that was already under way for the former owner finds nobody.
/// </summary>
/// <remarks>As long as the greatest descriptor of the process, which its resource limit bounds.</remarks>
internal sealed class SocketTable
{
    private (ILoopSocket? Socket, uint Generation)[] entries = new (ILoopSocket?, uint)[256];

    internal ulong Add(int descriptor, ILoopSocket socket)
    {
        if (descriptor >= entries.Length)
            Array.Resize(ref entries, Math.Max(descriptor + 1, entries.Length * 2));
        entries[descriptor] = (socket, unchecked(entries[descriptor].Generation + 1) & 0x7FFFFFFF);
        return KeyOf(descriptor);
    }

    internal ulong KeyOf(int descriptor) => ((ulong)entries[descriptor].Generation << 32) | (uint)descriptor;

    internal ILoopSocket? Find(ulong key)
    {
        var (socket, generation) = entries[(int)(key & 0xFFFFFFFF)];
        return generation == (uint)(key >> 32) ? socket : null;
    }

    internal void Remove(int descriptor)
    {
        if (descriptor < entries.Length)
            entries[descriptor].Socket = null;
    }

    internal IEnumerable<int> Descriptors() => Enumerable.Range(0, entries.Length).Where(descriptor => entries[descriptor].Socket is not null);
}
