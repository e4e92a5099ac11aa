using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;

namespace Kdoctor.TestKit.Reports;

/// <summary>The NetReach task of made-up rounds.</summary>
public static class MeshTask
{
    public static IReadOnlyList<TargetQuery> DefaultQueries { get; } = Queries(IpFamily.IPv4, Channel.ClusterIP, Channel.PodIP, Channel.NodePort);

    public static IReadOnlyList<TargetQuery> Queries(IpFamily family, params IEnumerable<Channel> channels) =>
        [.. channels.Select(channel => new MeshQuery(channel, family))];

    public static TaskDefinition Define(long requestsPerTarget, Expectation expect, IEnumerable<TargetQuery> queries)
    {
        ArgumentNullException.ThrowIfNull(expect);
        return new TaskDefinition
        {
            Uid = "6f1c2b1e-0f5e-4b53-9a3d-1f0d5b7f7a10",
            Name = "reach-task",
            Kind = TaskKind.NetReach,
            Generation = 1,
            Created = MeshRound.Noon,
            Schedule = new FixedSchedule(TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            Rounds = 1,
            RoundTimeout = TimeSpan.FromMinutes(1),
            Load = new LoadPlan(requestsPerTarget / 10.0, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(1500)),
            Expect = expect,
            Targets = [.. queries],
            Spec = new JsonObject
            {
                ["expect"] = new JsonObject { ["meanAccessDelayInMs"] = (int)expect.MeanDelay.TotalMilliseconds, ["successRate"] = expect.SuccessRate },
                ["request"] = new JsonObject { ["durationInSecond"] = 10, ["perRequestTimeoutInMS"] = 1500, ["qps"] = requestsPerTarget / 10 },
                ["schedule"] = new JsonObject { ["roundNumber"] = 1, ["roundTimeoutMinute"] = 1, ["schedule"] = "0 1" },
            },
        };
    }
}
