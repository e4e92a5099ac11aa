using System.Runtime.InteropServices;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Dns;

/// <summary>Several datagrams in one call (recvmmsg(2)), each into its part of the loop's receive buffer.</summary>
internal sealed unsafe partial class DatagramBatch
{
    /// <summary>The most datagrams of one call.</summary>
    internal const int Capacity = EventLoop.BufferBytes / DatagramBytes;

    /// <summary>The room that each has.</summary>
    internal const int DatagramBytes = 4096;

    private const int DoNotWait = 0x40;
    private const int Cut = 0x20;

    private readonly byte[] buffer;
    private readonly Header[] headers = GC.AllocateArray<Header>(Capacity, pinned: true);
    private readonly Vector[] vectors = GC.AllocateArray<Vector>(Capacity, pinned: true);

    internal DatagramBatch(EventLoop loop)
    {
        buffer = loop.ReceiveBuffer;
        for (var place = 0; place < Capacity; place++)
        {
            vectors[place] = new Vector { Start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(buffer, place * DatagramBytes), Length = DatagramBytes };
            headers[place].Vectors = (Vector*)Marshal.UnsafeAddrOfPinnedArrayElement(vectors, place);
            headers[place].VectorCount = 1;
        }
    }

    /// <summary>How many came, at most <paramref name="most"/>, or a negated error.</summary>
    internal int Receive(int socket, int most)
    {
        fixed (Header* first = headers)
        {
            var count = ReceiveMany(socket, first, (uint)Math.Min(most, Capacity), DoNotWait, null);
            return count >= 0 ? count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>One of those that came, and whether it was longer than its room.</summary>
    internal ReadOnlySpan<byte> Datagram(int place, out bool cut)
    {
        cut = (headers[place].Flags & Cut) != 0;
        return buffer.AsSpan(place * DatagramBytes, (int)headers[place].Received);
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMany(int socket, Header* headers, uint count, int flags, void* timeout);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        internal byte* Start;
        internal nuint Length;
    }

    /// <summary>struct mmsghdr of 64-bit Linux: a struct msghdr and what came.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Header
    {
        [FieldOffset(16)]
        internal Vector* Vectors;
        [FieldOffset(24)]
        internal nuint VectorCount;
        [FieldOffset(48)]
        internal int Flags;
        [FieldOffset(56)]
        internal uint Received;
    }
}
