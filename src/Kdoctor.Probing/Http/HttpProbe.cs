using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;
using Kdoctor.Probing.Tls;

namespace Kdoctor.Probing.Http;

/// <summary>What all requests to one target share: its address, the encoded request, what answer is expected, and connections kept open.</summary>
internal sealed class HttpProbe : Probe
{
    /// <summary>Connections kept open for later requests, at most; more are closed.</summary>
    internal const int MaxKept = 1024;

    private readonly ProbeSite site;
    private readonly HttpProbePlan plan;
    private readonly Stack<Attempt> rack;
    private readonly List<HttpConnection> kept = [];
    private bool finished;

    internal HttpProbe(ProbeSite site, HttpProbePlan plan, IPAddress? source)
    {
        this.site = site;
        this.plan = plan;
        rack = site.Rack.Of<HttpConnection>();
        Template = new RequestTemplate(plan.Request, plan.Body);
        Source = source is null ? null : new KernelAddress(new IPEndPoint(source, 0));
        Tls = plan.Request.Tls is not { } tls ? null : new TlsContext(tls, plan.Host, "http/1.1");
        Backends = new BackendNames(plan.ExpectedAgentIds);
        Address = new TargetAddress(site, plan.Host, plan.Port, plan.Family, plan.Addresses);
    }

    internal override string? ResolvedAddress => Address.Resolved;

    internal EventLoop Loop => site.Loop;

    internal RequestTemplate Template { get; }

    internal KernelAddress? Source { get; }

    /// <summary>Where the target is.</summary>
    internal TargetAddress Address { get; }

    /// <summary>What its TLS connections share; null for plain TCP.</summary>
    internal TlsContext? Tls { get; }

    /// <summary>Who answered.</summary>
    internal BackendNames Backends { get; }

    /// <summary>What it answered last.</summary>
    internal KnownAnswer Known { get; } = new();

    internal HttpRequestPlan Request => plan.Request;

    internal ulong NextNonce() => site.Nonces.Next();

    internal override Attempt Rent()
    {
        if (kept.Count > 0)
        {
            var open = kept[^1];
            kept.RemoveAt(kept.Count - 1);
            return open;
        }
        var connection = rack.TryPop(out var used) ? (HttpConnection)used : new HttpConnection();
        connection.Probe = this;
        return connection;
    }

    internal void Return(HttpConnection connection)
    {
        connection.Probe = null;
        if (rack.Count < AttemptRack.Capacity)
            rack.Push(connection);
    }

    /// <summary>Keeps a connection for a later request; false when there are enough, or there will be none.</summary>
    internal bool TryKeep(HttpConnection connection)
    {
        if (finished || kept.Count >= MaxKept)
            return false;
        kept.Add(connection);
        return true;
    }

    internal void Forget(HttpConnection connection) => kept.Remove(connection);

    internal override void Finish()
    {
        finished = true;
        while (kept.Count > 0)
            kept[^1].Drop();
        Tls?.Dispose();
    }
}
