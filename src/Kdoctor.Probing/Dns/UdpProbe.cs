using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Dns;

/// <summary>Queries to one server in datagrams, from many ports.</summary>
/// <remarks>
/// As many ports are open as queries are under way at most, one that may take more, and <see cref="MaxLingering"/> that wait for late answers; beyond
/// that number a port is closed at once and its late answers are refused.
/// </remarks>
internal sealed class UdpProbe : DnsProbe
{
    /// <summary>Ports kept open for late answers, at most.</summary>
    internal const int MaxLingering = 64;

    private const int MaxSpare = 64;
    private readonly List<UdpPort> open = [];
    private readonly Stack<UdpPort> spare = [];
    private readonly byte[] gathered;
    private readonly LoopTimer flush;
    private DatagramBatch? batch;
    private UdpPort? current;
    private int lingering;
    private bool finished;

    internal UdpProbe(ProbeSite site, DnsProbePlan plan, QueryTemplate template)
        : base(site, plan, template)
    {
        gathered = new byte[UdpPort.MaxQueries * template.Length];
        flush = new LoopTimer(Flush, () => current?.OnSurprise());
    }

    /// <summary>Whether the kernel cuts several datagrams out of one call; until it says that it does not.</summary>
    internal bool Segments { get; set; } = true;

    /// <summary>Reads several answers at once.</summary>
    internal DatagramBatch Batch => batch ??= new DatagramBatch(Loop);

    /// <summary>Room for the queries that the current port has not sent, by their places on it.</summary>
    internal Span<byte> Gathered(int place, int count) => gathered.AsSpan(place * Template.Length, count * Template.Length);

    internal override void Send(DnsAttempt attempt)
    {
        if ((current is { } port && port.TakesMore(attempt.IntendedNs) ? current : Renew(attempt)) is not { } chosen)
            return;
        chosen.Add(attempt);
        if (chosen.IsFull)
            Flush();
        else if (!flush.Armed)
            Loop.Arm(flush, Loop.NowNs);
    }

    /// <summary>No query on the port waits any more.</summary>
    internal void OnIdle(UdpPort port)
    {
        // The current one is looked at again when the next query is due.
        if (port == current && !port.IsFull && !finished)
            return;
        if (port == current)
            current = null;
        if (port.ExpectsLate && lingering < MaxLingering && !finished)
        {
            lingering++;
            port.Linger();
        }
        else
        {
            port.Close();
        }
    }

    internal void OnClosed(UdpPort port)
    {
        if (port == current)
            current = null;
        if (port.Lingers)
            lingering--;
        open[port.Place] = open[^1];
        open[port.Place].Place = port.Place;
        open.RemoveAt(open.Count - 1);
        if (spare.Count < MaxSpare)
            spare.Push(port);
    }

    internal override void Finish()
    {
        finished = true;
        Loop.Disarm(flush);
        while (open.Count > 0)
            open[^1].Close();
    }

    private void Flush()
    {
        Loop.Disarm(flush);
        current?.Flush();
    }

    // The port for this query and those right behind it; null when there is none and the query has failed.
    private UdpPort? Renew(DnsAttempt attempt)
    {
        Flush();
        var old = current;
        current = null;
        if (old is { IsOpen: true, IsIdle: true })
            OnIdle(old);
        var port = spare.TryPop(out var used) ? used : new UdpPort(this);
        var answer = port.Open(attempt.IntendedNs);
        if (answer < 0)
        {
            spare.Push(port);
            attempt.Fail(new Failure(FailureStage.Connect, SocketFailure.CauseOf(-answer)), error: -answer);
            return null;
        }
        port.Place = open.Count;
        open.Add(port);
        return current = port;
    }
}
