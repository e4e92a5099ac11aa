using System.Net;
using System.Net.Sockets;
using Kdoctor.Core.Addresses;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Load;

/// <summary>Whoever cannot begin before the address is known.</summary>
internal interface IAddressWaiter
{
    /// <summary>The target's name has led somewhere, or nowhere.</summary>
    void OnResolved();
}

/// <summary>Where a target is: at a literal from the start, or where its name leads, which is asked once per run.</summary>
/// <remarks>
/// Requests that are due before the name is resolved wait for it, as many as may be outstanding; if it leads nowhere, they and all later ones fail in
/// that stage. Which addresses are allowed is asked of the very address that will be dialled: a name that leads elsewhere the next time gains nothing.
/// On the loop's thread only.
/// </remarks>
internal sealed class TargetAddress
{
    private readonly ProbeSite site;
    private readonly string host;
    private readonly int port;
    private readonly IpFamily? family;
    private readonly AddressRule? rule;
    private readonly List<IAddressWaiter> waiting = [];

    internal TargetAddress(ProbeSite site, string host, int port, IpFamily? family, AddressRule? rule)
    {
        (this.site, this.host, this.port, this.family, this.rule) = (site, host, port, family, rule);
        if (IPAddress.TryParse(host, out var literal))
            Know(literal);
        else
            _ = Task.Run(ResolveAsync);
    }

    /// <summary>Where to connect; null while the name is being resolved and when it leads nowhere.</summary>
    internal KernelAddress? Address { get; private set; }

    /// <summary>Why the name leads nowhere; null while that is not known.</summary>
    internal FailureCause? Failure { get; private set; }

    /// <summary>The resolver's words about <see cref="Failure"/>.</summary>
    internal string FailureText { get; private set; } = "";

    /// <summary>The address that the name led to; null for literals, and for names that led nowhere.</summary>
    internal string? Resolved { get; private set; }

    /// <summary>Further addresses that the name led to, and that are not asked; at most <see cref="TargetShard.MaxOtherAddresses"/>.</summary>
    internal IReadOnlyList<string> Others { get; private set; } = [];

    internal bool Known => Address is not null || Failure is not null;

    internal void Wait(IAddressWaiter waiter) => waiting.Add(waiter);

    internal void WaitNoMore(IAddressWaiter waiter) => waiting.Remove(waiter);

    private void Know(IPAddress found)
    {
        if (rule?.WhyRefused(found) is { } why)
            (Failure, FailureText) = (FailureCause.AddressNotAllowed, $"nothing was sent to {why}; ask whoever installed kdoctor");
        else
            Address = new KernelAddress(new IPEndPoint(found, port));
    }

    private async Task ResolveAsync()
    {
        IReadOnlyList<IPAddress> found = [];
        FailureCause? failure = null;
        var text = "";
        try
        {
            found = await site.Resolve(host, family, site.Ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (SocketException exception)
        {
            failure = exception.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData => FailureCause.NoSuchName,
                SocketError.NoRecovery => FailureCause.BadAnswer,
                SocketError.TryAgain or SocketError.TimedOut => FailureCause.TimedOut,
                _ => FailureCause.LocalResource,
            };
            text = $"no {(family is { } wanted ? $"{wanted} " : "")}address of {host} was found: {exception.Message}";
        }
#pragma warning disable CA1031 // A resolver's surprise is reported, and fails the requests that wait for it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            site.Loop.Report(exception);
            failure = FailureCause.LocalResource;
            text = exception.Message;
        }
        try
        {
            site.Loop.Post(() => OnAnswer(found, failure, text));
        }
        catch (ObjectDisposedException)
        {
            // The loop stopped, and the run with it.
        }
    }

    private void OnAnswer(IReadOnlyList<IPAddress> found, FailureCause? failure, string text)
    {
        if (found.Count > 0)
        {
            (Resolved, Others) = (found[0].ToString(), [.. found.Skip(1).Take(TargetShard.MaxOtherAddresses).Select(other => other.ToString())]);
            Know(found[0]);
        }
        else
        {
            (Failure, FailureText) = (failure ?? FailureCause.NoSuchName, text);
        }
        foreach (var waiter in waiting.ToArray())
            waiter.OnResolved();
        waiting.Clear();
    }
}
