using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Load;

/// <summary>What all requests to one address and port share, whatever they say there.</summary>
internal abstract class EndPointProbe : Probe
{
    private protected EndPointProbe(ProbeSite site, EndPointPlan plan)
    {
        Site = site;
        Source = plan.CheckedSource();
        Address = new TargetAddress(site, plan.Host, plan.Port, plan.Family, plan.Addresses);
    }

    internal override string? ResolvedAddress => Address.Resolved;

    internal override IReadOnlyList<string> OtherAddresses => Address.Others;

    internal EventLoop Loop => Site.Loop;

    /// <summary>Where the target is.</summary>
    internal TargetAddress Address { get; }

    /// <summary>Where requests come from; null for the kernel's choice.</summary>
    internal KernelAddress? Source { get; }

    private protected ProbeSite Site { get; }
}
