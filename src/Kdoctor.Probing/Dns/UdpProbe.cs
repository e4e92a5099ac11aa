using System.Net;
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
    private UdpPort? current;
    private int lingering;
    private bool finished;

    internal UdpProbe(ProbeSite site, DnsProbePlan plan, QueryTemplate template, IPAddress? source)
        : base(site, plan, template, source)
    {
    }

    internal override void Send(DnsAttempt attempt)
    {
        var now = Loop.NowNs;
        if ((current is { } port && port.TakesMore(now) ? current : Renew(attempt, now)) is not { } chosen)
            return;
        var answer = chosen.Send(attempt);

        // An error about the queries before may wait on a port; this one has not left then.
        if (answer < 0 && !chosen.IsFresh && SocketFailure.CauseOf(-answer) != FailureCause.LocalResource)
        {
            chosen.Break(-answer);
            if (Renew(attempt, now) is not { } other)
                return;
            answer = other.Send(attempt);
        }
        if (answer < 0)
            attempt.Fail(new Failure(FailureStage.Send, SocketFailure.CauseOf(-answer)), error: -answer);
    }

    /// <summary>No query on the port waits any more.</summary>
    internal void OnIdle(UdpPort port)
    {
        if (port == current && port.TakesMore(Loop.NowNs))
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
        while (open.Count > 0)
            open[^1].Close();
    }

    // The port for this query and those right behind it; null when there is none and the query has failed.
    private UdpPort? Renew(DnsAttempt attempt, long now)
    {
        var old = current;
        current = null;
        if (old is { IsOpen: true, IsIdle: true })
            OnIdle(old);
        var port = spare.TryPop(out var used) ? used : new UdpPort(this);
        var answer = port.Open(now);
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
