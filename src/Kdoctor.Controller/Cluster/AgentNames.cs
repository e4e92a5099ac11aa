namespace Kdoctor.Controller.Cluster;

/// <summary>What belongs to a workload of agents, by its name.</summary>
internal static class AgentNames
{
    public static string ServiceV4(string workload) => workload + "-ipv4";

    public static string ServiceV6(string workload) => workload + "-ipv6";
}
