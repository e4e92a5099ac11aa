using System.Text.Json.Nodes;
using Kdoctor.Probing.Load;

namespace Kdoctor.Agent.Probes;

/// <summary>What a probe command was asked to probe.</summary>
/// <param name="Title">One line for people, for example <c>dns 10.96.0.10:53 example.com A over udp</c>.</param>
/// <param name="Facts">The same as fields of the JSON document; null for what the target does not have.</param>
/// <param name="Plan">How it is probed.</param>
/// <param name="FullSpeedOutstanding">How many requests are under way at once with <c>--rate max</c>.</param>
internal sealed record ProbeTarget(string Title, JsonObject Facts, ProbePlan Plan, int FullSpeedOutstanding);
