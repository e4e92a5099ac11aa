using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;

namespace Kdoctor.Tests.Cli.Screen;

/// <summary>The reports that the golden screens show.</summary>
internal static class ScreenReports
{
    public static IReadOnlyDictionary<string, Lazy<KdoctorReport>> All { get; } = new Dictionary<string, Func<KdoctorReport>>
    {
        ["healthy-3"] = () => Healthy(3, 100),
        ["broken-pair"] = BrokenPair,
        ["silent-agent"] = SilentAgent,
        ["left-out"] = LeftOut,
        ["100-agents-one-bad-node"] = OneBadNode,
        ["250-agents-healthy"] = () => Healthy(250, 1, MeshTask.Queries(IpFamily.IPv4, Channel.PodIP, Channel.ClusterIP)),
        ["ongoing"] = Ongoing,
        ["overloaded-and-slow"] = Overloaded,
        ["not-started"] = () => MeshRound.Of(3).NotStarted(MeshRound.Noon.AddMinutes(5)),
    }.ToDictionary(entry => entry.Key, entry => new Lazy<KdoctorReport>(entry.Value));

    private static KdoctorReport Healthy(int agents, long requests, IReadOnlyList<TargetQuery>? queries = null)
    {
        var mesh = MeshRound.Of(agents, requests, queries: queries);
        return mesh.Report([.. mesh.Shards()]);
    }

    private static KdoctorReport BrokenPair()
    {
        var mesh = MeshRound.Of(3);
        return mesh.Report([.. mesh.Shards((agent, target, seen) => target switch
        {
            { DestinationAgentId: "id-2", Channel: Channel.PodIP } when agent == 0 => seen.Fail(100, FailureStage.Connect, FailureCause.TimedOut),
            { DestinationNode: "node-3", Channel: Channel.NodePort } when agent == 1 => seen.Fail(7, FailureStage.FirstByte, FailureCause.Reset).Fail(2, FailureStage.Verify, FailureCause.WrongStatus, "503"),
            _ => seen,
        })]);
    }

    private static KdoctorReport SilentAgent()
    {
        var mesh = MeshRound.Of(4);
        return mesh.Report([.. mesh.Shards().Where(shard => shard.AgentId != "id-3")], new Dictionary<string, string> { ["id-3"] = "its stream ended in the middle of the round" });
    }

    private static KdoctorReport LeftOut()
    {
        var mesh = MeshRound.Of(3, queries: [.. MeshTask.DefaultQueries, .. MeshTask.Queries(IpFamily.IPv6, Channel.PodIP, Channel.ClusterIP), .. MeshTask.Queries(IpFamily.IPv4, Channel.Ingress, Channel.LoadBalancer)],
            snapshot: MeshSnapshot.Of(3) with { Notes = ["every agent runs in this process: their CPU and memory are the process's"] });
        return mesh.Report([.. mesh.Shards()]);
    }

    private static KdoctorReport OneBadNode()
    {
        var mesh = MeshRound.Of(100, 10);
        return mesh.Report([.. mesh.Shards((agent, target, seen) => target.DestinationNode == "node-42" || (agent == 41 && target.DestinationNode is not null) ? seen.Fail(10, FailureStage.Connect, FailureCause.TimedOut) : seen)]);
    }

    private static KdoctorReport Ongoing()
    {
        var mesh = MeshRound.Of(3);
        return mesh.Ongoing(new RoundProgress(2100, 1050, 1049, 1, 3, 1), [mesh.Shard(1)]);
    }

    private static KdoctorReport Overloaded()
    {
        var mesh = MeshRound.Of(3);
        return mesh.Report([
            mesh.Shard(0, (_, seen) => seen.Slow(1900), latenessInMs: 400),
            mesh.Shard(1, (target, seen) => target.Channel == Channel.ClusterIP ? seen.Slow(1600) : seen.Slow(900)),
            mesh.Shard(2),
        ]);
    }
}
