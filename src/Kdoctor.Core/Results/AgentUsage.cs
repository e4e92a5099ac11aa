namespace Kdoctor.Core.Results;

/// <summary>CPU and memory of an agent's own process during a round; a value that could not be read is null.</summary>
/// <param name="MeanCpuCores">Mean processor use, in cores (1.0 is one core fully used).</param>
/// <param name="MaxCpuCores">Greatest use in any one-second window, in cores.</param>
/// <param name="MaxMemoryBytes">Greatest resident set size.</param>
/// <param name="SharingAgents">How many agents live in the measured process: 1 in a pod of its own, N in the lab.</param>
public sealed record AgentUsage(double? MeanCpuCores, double? MaxCpuCores, long? MaxMemoryBytes, int SharingAgents);
