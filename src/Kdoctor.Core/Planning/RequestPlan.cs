using System.Text.Json.Serialization;

namespace Kdoctor.Core.Planning;

/// <summary>What is asked of a target, by protocol: an <see cref="HttpRequestPlan"/> or a <see cref="DnsRequestPlan"/>. Plans are stored as JSON, each with its protocol.</summary>
[JsonDerivedType(typeof(HttpRequestPlan), "http")]
[JsonDerivedType(typeof(DnsRequestPlan), "dns")]
public abstract record RequestPlan;
