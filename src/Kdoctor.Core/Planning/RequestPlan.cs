namespace Kdoctor.Core.Planning;

/// <summary>What is asked of a target, by protocol: an <see cref="HttpRequestPlan"/> or a <see cref="DnsRequestPlan"/>.</summary>
public abstract record RequestPlan;
