using System.Net;
using System.Net.Sockets;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Http;

/// <summary>What all requests to one target share: its address, the encoded request, what answer is expected, and connections kept open.</summary>
/// <remarks>Requests that are due before the target's name is resolved wait for it; if it leads nowhere, they and all later ones fail in that stage.</remarks>
internal sealed class HttpProbe : Probe
{
    /// <summary>Connections kept open for later requests, at most; more are closed.</summary>
    internal const int MaxKept = 1024;

    private readonly ProbeSite site;
    private readonly HttpProbePlan plan;
    private readonly Stack<Attempt> rack;
    private Dictionary<string, string>? strangers;
    private readonly List<HttpConnection> kept = [];
    private readonly List<HttpConnection> waiting = [];
    private string? resolvedAddress;
    private bool finished;

    internal HttpProbe(ProbeSite site, HttpProbePlan plan, IPAddress? source)
    {
        this.site = site;
        this.plan = plan;
        rack = site.Rack.Of<HttpConnection>();
        Template = new RequestTemplate(plan.Request, plan.Body);
        Source = source is null ? null : new KernelAddress(new IPEndPoint(source, 0));
        if (IPAddress.TryParse(plan.Host, out var literal))
            Address = new KernelAddress(new IPEndPoint(literal, plan.Port));
        else
            _ = Task.Run(ResolveAsync);
    }

    internal override string? ResolvedAddress => resolvedAddress;

    internal EventLoop Loop => site.Loop;

    internal RequestTemplate Template { get; }

    internal KernelAddress? Source { get; }

    /// <summary>Where to connect; null while the name is being resolved and when it leads nowhere.</summary>
    internal KernelAddress? Address { get; private set; }

    /// <summary>Why the name leads nowhere; null while that is not known.</summary>
    internal FailureCause? ResolveFailure { get; private set; }

    /// <summary>The resolver's words.</summary>
    internal string ResolveText { get; private set; } = "";

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

    internal void WaitForAddress(HttpConnection connection) => waiting.Add(connection);

    internal void WaitNoMore(HttpConnection connection) => waiting.Remove(connection);

    /// <summary>The identity as one string per backend, however often it is seen; null for an identity that is not text.</summary>
    internal string? BackendOf(ReadOnlySpan<byte> identity)
    {
        if (identity.IsEmpty)
            return null;
        Span<char> text = stackalloc char[EchoEvidence.MaxIdentity];
        for (var index = 0; index < identity.Length; index++)
            text[index] = char.IsAscii((char)identity[index]) ? (char)identity[index] : '?';
        text = text[..identity.Length];
        if (plan.ExpectedAgentIds.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var expected))
            return expected;
        var known = (strangers ??= new(StringComparer.Ordinal)).GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(text, out var stranger))
            return stranger;
        stranger = text.ToString();
        if (strangers.Count < TargetShard.MaxKeys)
            strangers[stranger] = stranger;
        return stranger;
    }

    internal bool IsExpected(string backend) => plan.ExpectedAgentIds.Count == 0 || plan.ExpectedAgentIds.Contains(backend);

    internal override void Finish()
    {
        finished = true;
        while (kept.Count > 0)
            kept[^1].Drop();
    }

    private async Task ResolveAsync()
    {
        KernelAddress? address = null;
        FailureCause? failure = null;
        var text = "";
        try
        {
            var found = await site.Resolve(plan.Host, plan.Family, site.Ended).ConfigureAwait(false);
            address = new KernelAddress(new IPEndPoint(found, plan.Port));
            text = found.ToString();
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (SocketException exception)
        {
            failure = exception.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData or SocketError.NoRecovery => FailureCause.BadAnswer,
                SocketError.TryAgain or SocketError.TimedOut => FailureCause.TimedOut,
                _ => FailureCause.LocalResource,
            };
            text = exception.Message;
        }
#pragma warning disable CA1031 // A resolver's surprise is reported, and fails the requests that wait for it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Loop.Report(exception);
            failure = FailureCause.LocalResource;
            text = exception.Message;
        }
        try
        {
            Loop.Post(() => Resolved(address, failure, text));
        }
        catch (ObjectDisposedException)
        {
            // The loop stopped, and the run with it.
        }
    }

    private void Resolved(KernelAddress? address, FailureCause? failure, string text)
    {
        Address = address;
        ResolveFailure = failure;
        ResolveText = failure is null ? "" : text;
        resolvedAddress = failure is null ? text : null;
        foreach (var connection in waiting.ToArray())
            connection.OnResolved();
        waiting.Clear();
    }
}
