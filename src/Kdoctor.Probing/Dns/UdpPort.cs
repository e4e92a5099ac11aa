using System.Numerics;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Dns;

/// <summary>
/// One source port and the queries that go out from it. Queries that are due within <see cref="ShareNs"/> of each other share a port, up to
/// <see cref="MaxQueries"/>, and those that begin in the same turn of the loop leave in one call; every other has a port of its own, so that a path
/// that fails for some ports only is met by some queries.
/// </summary>
/// <remarks>
/// Each query's id is drawn by chance and no port uses one twice, so a late answer is never taken for another query's. A port with queries that timed out
/// stays open for <see cref="LateNs"/>, to count their answers as strays instead of refusing them.
/// </remarks>
internal sealed class UdpPort : QueryCarrier, ILoopSocket
{
    /// <summary>The most queries that one port carries in its life.</summary>
    internal const int MaxQueries = DatagramBatch.Capacity;

    /// <summary>How long a port takes further queries.</summary>
    internal const long ShareNs = 1_000_000;

    /// <summary>How long a port waits for late answers.</summary>
    internal const long LateNs = 1_000_000_000;

    private readonly UdpProbe probe;
    private readonly LoopTimer late;
    private readonly DnsAttempt?[] queries = new DnsAttempt?[MaxQueries];
    private readonly ushort[] ids = new ushort[MaxQueries];
    private int descriptor = -1;
    private int used;
    private int sent;
    private uint waiting;
    private bool segments;
    private long openedNs;

    internal UdpPort(UdpProbe probe)
    {
        this.probe = probe;
        late = new LoopTimer(Close, Close);
    }

    /// <summary>Its place among the probe's open ports.</summary>
    internal int Place { get; set; }

    /// <summary>Whether it waits for late answers only.</summary>
    internal bool Lingers { get; private set; }

    /// <summary>Whether no query on it waits for an answer.</summary>
    internal bool IsIdle => waiting == 0;

    internal bool IsOpen => descriptor >= 0;

    internal bool IsFull => used == MaxQueries;

    /// <summary>Whether answers may still come to queries that ended without.</summary>
    internal bool ExpectsLate { get; private set; }

    /// <summary>Whether a query that is due then may join.</summary>
    internal bool TakesMore(long dueNs) => IsOpen && !IsFull && dueNs - openedNs < ShareNs;

    /// <summary>Opens it for a query that is due then; a negated error when it cannot be.</summary>
    internal int Open(long dueNs)
    {
        var answer = DatagramSocket.Open(probe.Address.Address!, probe.Source);
        if (answer < 0)
            return answer;
        descriptor = answer;
        openedNs = dueNs;
        (used, sent, waiting) = (0, 0, 0);
        segments = Lingers = ExpectsLate = false;
        probe.Loop.Watch(descriptor, this, Readiness.Readable);
        return 0;
    }

    /// <summary>Takes a query, to be sent by <see cref="Flush"/>.</summary>
    internal void Add(DnsAttempt query)
    {
        var id = probe.NextId();
        while (ids.AsSpan(0, used).Contains(id))
            id = probe.NextId();
        probe.Template.Write(probe.Gathered(used, 1), id);
        queries[used] = query;
        ids[used] = id;
        waiting |= 1u << used;
        query.Place = used++;
        query.Carrier = this;
    }

    /// <summary>Sends the queries taken since the last time.</summary>
    internal void Flush()
    {
        while (sent < used && IsOpen)
        {
            var answer = Push(used - sent);
            if (answer < 0 && Earlier != 0 && SocketFailure.CauseOf(-answer) != FailureCause.LocalResource)
            {
                // What a port hears of the path while a send begins is about the queries before; these have not left.
                FailAll(Earlier, new Failure(FailureStage.Connect, SocketFailure.CauseOf(-answer)), null, -answer);
                answer = Push(used - sent);
            }
            if (answer < 0)
            {
                var unsent = waiting & ~((1u << sent) - 1);
                sent = used;
                FailAll(unsent, new Failure(FailureStage.Send, SocketFailure.CauseOf(-answer)), null, -answer);
                if (waiting == 0 && IsOpen)
                    probe.OnIdle(this);
                return;
            }
            sent += answer;
        }
    }

    internal override FailureStage StageOf(DnsAttempt query) => query.Place < sent ? FailureStage.FirstByte : FailureStage.Send;

    internal override void Forget(DnsAttempt query, bool answered)
    {
        queries[query.Place] = null;
        waiting &= ~(1u << query.Place);
        ExpectsLate |= !answered;
        if (waiting == 0)
            probe.OnIdle(this);
    }

    public void OnReady(Readiness ready)
    {
        while (IsOpen)
        {
            // A single answer is read without the batch; an error takes the place of either.
            var most = Math.Max(1, BitOperations.PopCount(Earlier));
            var count = probe.Batch.Receive(descriptor, most);
            if (count is -Errno.Again or -Errno.Interrupted)
                return;
            if (count < 0)
            {
                Break(-count);
                return;
            }
            var nowNs = probe.Loop.NowNs;
            for (var place = 0; place < count; place++)
                Take(probe.Batch.Datagram(place, out var cut), cut, nowNs);
            if (Earlier == 0 || count < most)
                return;
        }
    }

    public void OnSurprise()
    {
        FailAll(waiting, new Failure(FailureStage.FirstByte, FailureCause.LocalResource), "the engine failed; the agent's log has the exception", 0);
        Close();
    }

    /// <summary>Keeps it open for late answers.</summary>
    internal void Linger()
    {
        Lingers = true;
        probe.Loop.Arm(late, probe.Loop.NowNs + LateNs);
    }

    /// <summary>Closes it and gives it back.</summary>
    internal void Close()
    {
        if (!IsOpen)
            return;
        probe.Loop.Disarm(late);
        probe.Loop.Close(descriptor);
        descriptor = -1;
        probe.OnClosed(this);
    }

    // The queries that have left and wait.
    private uint Earlier => waiting & ((1u << sent) - 1);

    // The network's word on the path, by ICMP or by the kernel: it is the same for all queries that wait.
    private void Break(int errno)
    {
        FailAll(waiting, new Failure(FailureStage.Connect, SocketFailure.CauseOf(errno)), null, errno);
        Close();
    }

    // How many left, or a negated error.
    private int Push(int count)
    {
        if (count > 1 && !segments)
            segments = probe.Segments && DatagramSocket.TrySegment(descriptor, probe.Template.Length);
        if (!segments)
            count = 1;
        var answer = StreamSocket.Send(descriptor, probe.Gathered(sent, count));
        if (answer >= 0)
            return count;
        if (count == 1 || SocketFailure.CauseOf(-answer) != FailureCause.LocalResource)
            return answer;

        // A device or a sandbox that cannot cut datagrams apart: one call each, from here on.
        segments = probe.Segments = false;
        return Push(1);
    }

    private void Take(ReadOnlySpan<byte> message, bool cut, long nowNs)
    {
        var place = AnswerReader.TryReadId(message, out var id) ? ids.AsSpan(0, used).IndexOf(id) : -1;
        if (place < 0 || queries[place] is not { } query)
            probe.CountStray();
        else if (cut)
            query.Refuse(AnswerFault.LongDatagram, nowNs);
        else if (!query.TryAnswer(message, nowNs))
            probe.CountStray();
    }

    private void FailAll(uint which, Failure failure, string? words, int errno)
    {
        waiting &= ~which;
        for (; which != 0; which &= which - 1)
        {
            var place = BitOperations.TrailingZeroCount(which);
            var query = queries[place]!;
            queries[place] = null;
            query.Carrier = null;
            query.Fail(failure, words, errno);
        }
    }
}
