using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Http;

/// <summary>What all HTTP/1.1 requests to one target share beside the rest: the encoded request, the last answer, and connections kept open.</summary>
internal sealed class HttpProbe : WebProbe
{
    private readonly AttemptShelf<HttpConnection> shelf;
    private readonly List<HttpConnection> kept = [];
    private bool finished;

    internal HttpProbe(ProbeSite site, HttpProbePlan plan)
        : base(site, plan, "http/1.1")
    {
        shelf = site.Rack.Of<HttpConnection>();
        Template = new RequestTemplate(plan.Request, plan.Body);
    }

    internal RequestTemplate Template { get; }

    /// <summary>What it answered last.</summary>
    internal KnownAnswer Known { get; } = new();

    internal override Attempt Rent()
    {
        if (kept.Count > 0)
        {
            var open = kept[^1];
            Forget(open);
            return open;
        }
        var connection = shelf.Take();
        connection.Probe = this;
        return connection;
    }

    internal void Return(HttpConnection connection)
    {
        connection.Probe = null;
        shelf.Return(connection);
    }

    /// <summary>Keeps a connection for a later request; false when there are enough, or there will be none.</summary>
    internal bool TryKeep(HttpConnection connection)
    {
        if (finished)
            return false;
        if (kept.Count >= Site.Kept.PerTarget || !Site.Kept.TryTake())
        {
            CountSurplus();
            return false;
        }
        kept.Add(connection);
        return true;
    }

    /// <summary>A kept connection is used again, or its peer closed it.</summary>
    internal void Forget(HttpConnection connection)
    {
        kept.RemoveAt(kept.LastIndexOf(connection));
        Site.Kept.GiveBack();
    }

    internal override void Finish()
    {
        finished = true;
        while (kept.Count > 0)
            kept[^1].Drop();
        Tls?.Dispose();
    }
}
