using Kdoctor.Core.Planning;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Http2;

/// <summary>
/// What all HTTP/2 requests to one target share. By default each request opens its own connection, as over HTTP/1.1 and for the same reason; with
/// <see cref="HttpRequestPlan.KeepAlive"/> requests go side by side on connections that are filled one after the other.
/// </summary>
internal sealed class Http2Probe : WebProbe
{
    /// <summary>Connections that wait for their peers to close, at most; more are closed on at once.</summary>
    internal const int MaxLingering = 1000;

    // Closed connections kept for their buffers.
    private const int MaxSpare = 64;

    private readonly HttpProbePlan plan;
    private readonly AttemptShelf<Http2Attempt> shelf;
    private readonly List<Http2Connection> live = [];
    private readonly Stack<Http2Connection> spare = new();
    private int cursor;
    private int underWay;
    private int lingering;
    private long moved;
    private bool finished;

    internal Http2Probe(ProbeSite site, HttpProbePlan plan)
        : base(site, plan, "h2")
    {
        this.plan = plan;
        shelf = site.Rack.Of<Http2Attempt>();
        Frames = new RequestFrames(plan.Request, plan.Body);
    }

    internal override long MovedRequests => moved;

    internal RequestFrames Frames { get; }

    internal bool Keeps => plan.Request.KeepAlive && !finished;

    internal int StreamsPerConnection => plan.Request.KeepAlive ? plan.StreamsPerConnection : 1;

    /// <summary>How many streams at once the server last said that it takes on a connection: what is assumed of the next one, until it has spoken.</summary>
    internal uint MaxStreams { get; set; } = Http2Session.UsualStreams;

    /// <summary>Whether another connection may wait for its peer to close.</summary>
    internal bool MayLinger => !finished && lingering < MaxLingering;

    /// <summary>Whether a connection that has nothing to do is one too many.</summary>
    internal bool HasEnough => live.Count - lingering > Site.Kept.PerTarget;

    internal override Attempt Rent()
    {
        var attempt = shelf.Take();
        attempt.Probe = this;
        underWay++;
        return attempt;
    }

    internal void Return(Http2Attempt attempt)
    {
        underWay--;
        attempt.Probe = null;
        shelf.Return(attempt);
    }

    /// <summary>An open connection with room, else a new one; as many as there are requests under way, which the run bounds, beside those that linger.</summary>
    internal Http2Connection ConnectionWithRoom()
    {
        for (var left = Keeps ? live.Count : 0; left > 0; left--)
        {
            if (cursor >= live.Count)
                cursor = 0;
            if (live[cursor].HasRoom)
                return live[cursor];
            cursor++;
        }
        var connection = spare.TryPop(out var used) ? used : new Http2Connection(this);
        connection.Place = cursor = live.Count;
        live.Add(connection);
        connection.Begin();
        return connection;
    }

    /// <summary>Counts a request that its peer did not process, and that goes on another connection.</summary>
    internal void CountMoved() => moved++;

    /// <summary>A connection waits for its peer to close, until it is returned.</summary>
    internal void Linger() => lingering++;

    internal void Return(Http2Connection connection)
    {
        if (connection.Lingers)
            lingering--;
        var last = live[^1];
        live[last.Place = connection.Place] = last;
        live.RemoveAt(live.Count - 1);
        if (spare.Count < MaxSpare && !finished)
            spare.Push(connection);
    }

    internal override void Finish()
    {
        finished = true;
        while (live.Count > 0)
            live[^1].Shut();
        Tls?.Dispose();
    }
}
