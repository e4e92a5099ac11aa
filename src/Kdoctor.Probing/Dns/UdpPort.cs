using System.Numerics;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Dns;

/// <summary>
/// One source port and the queries that went out from it. Queries that begin within <see cref="ShareNs"/> of each other share a port, up to
/// <see cref="MaxQueries"/>; every other has a port of its own, so that a path that fails for some ports only is met by some queries.
/// </summary>
/// <remarks>
/// Each query's id is drawn by chance and no port uses one twice, so a late answer is never taken for another query's. A port with queries that timed out
/// stays open for <see cref="LateNs"/>, to count their answers as strays instead of refusing them.
/// </remarks>
internal sealed class UdpPort : QueryCarrier, ILoopSocket
{
    /// <summary>The most queries that one port carries in its life.</summary>
    internal const int MaxQueries = 16;

    /// <summary>How long a port takes further queries.</summary>
    internal const long ShareNs = 1_000_000;

    /// <summary>How long a port waits for late answers.</summary>
    internal const long LateNs = 1_000_000_000;

    /// <summary>The longest answer that is read; a query allows for much less.</summary>
    internal const int MaxDatagram = 4096;

    private readonly UdpProbe probe;
    private readonly LoopTimer late;
    private readonly DnsAttempt?[] queries = new DnsAttempt?[MaxQueries];
    private readonly ushort[] ids = new ushort[MaxQueries];
    private int descriptor = -1;
    private int used;
    private uint waiting;
    private bool unanswered;
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

    /// <summary>Whether no query was sent from it yet.</summary>
    internal bool IsFresh => used == 0;

    /// <summary>Whether no query on it waits for an answer.</summary>
    internal bool IsIdle => waiting == 0;

    internal bool IsOpen => descriptor >= 0;

    /// <summary>Whether answers may still come to queries that ended without.</summary>
    internal bool ExpectsLate => unanswered;

    internal bool TakesMore(long nowNs) => IsOpen && used < MaxQueries && nowNs - openedNs < ShareNs;

    /// <summary>Opens it; a negated error when it cannot be.</summary>
    internal int Open(long nowNs)
    {
        var answer = DatagramSocket.Open(probe.Server.Address!, probe.Source);
        if (answer < 0)
            return answer;
        descriptor = answer;
        openedNs = nowNs;
        (used, waiting, unanswered, Lingers) = (0, 0, false, false);
        probe.Loop.Watch(descriptor, this, Readiness.Readable);
        return 0;
    }

    /// <summary>Sends a query; a negated error when it did not leave.</summary>
    internal int Send(DnsAttempt query)
    {
        var id = probe.NextId();
        while (ids.AsSpan(0, used).Contains(id))
            id = probe.NextId();
        var buffer = probe.Loop.SendBuffer.AsSpan(0, probe.Template.Length);
        probe.Template.Write(buffer, id);
        var answer = StreamSocket.Send(descriptor, buffer);
        if (answer < 0)
            return answer;
        queries[used] = query;
        ids[used] = id;
        waiting |= 1u << used++;
        query.Place = used - 1;
        query.Carrier = this;
        return 0;
    }

    internal override FailureStage StageOf(DnsAttempt query) => FailureStage.FirstByte;

    internal override void Forget(DnsAttempt query, bool answered)
    {
        queries[query.Place] = null;
        waiting &= ~(1u << query.Place);
        unanswered |= !answered;
        if (waiting == 0)
            probe.OnIdle(this);
    }

    public void OnReady(Readiness ready)
    {
        do
        {
            var buffer = probe.Loop.ReceiveBuffer.AsSpan(0, MaxDatagram + 1);
            var count = StreamSocket.Receive(descriptor, buffer);
            if (count is -Errno.Again or -Errno.Interrupted)
                return;
            if (count < 0)
            {
                Break(-count);
                return;
            }
            Take(buffer[..count]);
        }
        while (waiting != 0 && IsOpen);
    }

    public void OnSurprise()
    {
        FailAll(new Failure(FailureStage.FirstByte, FailureCause.LocalResource), "the engine failed; the agent's log has the exception", 0);
        Close();
    }

    /// <summary>The network's word on the path, by ICMP or by the kernel: it is the same for all queries that wait.</summary>
    internal void Break(int errno)
    {
        FailAll(new Failure(FailureStage.Connect, SocketFailure.CauseOf(errno)), null, errno);
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

    private void Take(ReadOnlySpan<byte> message)
    {
        var place = AnswerReader.TryReadId(message, out var id) ? ids.AsSpan(0, used).IndexOf(id) : -1;
        if (place < 0 || queries[place] is not { } query)
            probe.CountStray();
        else if (message.Length > MaxDatagram)
            query.Refuse(AnswerFault.LongDatagram);
        else if (!query.TryAnswer(message))
            probe.CountStray();
    }

    private void FailAll(Failure failure, string? words, int errno)
    {
        while (waiting != 0)
        {
            var place = BitOperations.TrailingZeroCount(waiting);
            waiting &= waiting - 1;
            var query = queries[place]!;
            queries[place] = null;
            query.Carrier = null;
            query.Fail(failure, words, errno);
        }
    }
}
