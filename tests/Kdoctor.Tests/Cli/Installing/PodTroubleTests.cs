using System.Text.Json.Nodes;
using Kdoctor.Cli.Installing;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>Why a node has no ready agent, in words that a person can act on.</summary>
public sealed class PodTroubleTests
{
    [Theory]
    [InlineData("""{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", null)]
    [InlineData(
        """{"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","message":"0/3 nodes are available: 3 Insufficient cpu."}]}}""",
        "not scheduled: 0/3 nodes are available: 3 Insufficient cpu.")]
    [InlineData(
        """{"status":{"containerStatuses":[{"state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image \"a/b:1\""}}}]}}""",
        "ImagePullBackOff: Back-off pulling image \"a/b:1\"")]
    [InlineData(
        """{"status":{"containerStatuses":[{"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":2,"reason":"Error"}}}]}}""",
        "CrashLoopBackOff; it last ended with code 2 (Error)")]
    [InlineData("""{"status":{"containerStatuses":[{"state":{"running":{}}}]}}""", "its container runs and is not ready yet")]
    [InlineData("""{"status":{"phase":"Pending"}}""", "pod is Pending")]
    public void A_pod_says_what_holds_it_up(string pod, string? trouble) => Assert.Equal(trouble, PodTrouble.Of(JsonNode.Parse(pod)!.AsObject()));

    [Fact]
    public void A_pod_that_has_no_node_yet_names_the_one_that_it_is_meant_for()
    {
        var pod = JsonNode.Parse("""
            {"spec":{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","values":["node7"]}]}]}}}}}
            """)!.AsObject();
        Assert.Equal("node7", PodTrouble.NodeOf(pod));
    }

    [Theory]
    [InlineData("""{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", null)]
    [InlineData("""{"status":{"conditions":[{"type":"Ready","status":"Unknown","message":"Kubelet stopped posting node status."}]}}""", "the node is not ready: Kubelet stopped posting node status.")]
    public void A_node_that_is_not_ready_says_so_in_its_own_words(string node, string? trouble) => Assert.Equal(trouble, PodTrouble.OfNode(JsonNode.Parse(node)!.AsObject()));

    [Theory]
    [InlineData(1, 3, 3, true, true, true)]
    [InlineData(1, 2, 3, true, true, false)]
    [InlineData(1, 1, 3, true, false, false)]
    [InlineData(0, 3, 3, true, false, false)]
    [InlineData(1, 3, 3, false, false, false)]
    [InlineData(1, 0, 0, true, false, false)]
    public void A_controller_the_api_and_more_than_half_of_the_agents_are_enough(int controllers, int ready, int wanted, bool api, bool enough, bool whole)
    {
        var seen = new Readiness(new Share(controllers, 1), new Share(ready, wanted), api, []) { Connected = ready };
        Assert.Equal(enough, seen.Enough);
        Assert.Equal(whole, seen.Whole);
    }

    [Fact]
    public void It_is_whole_only_when_its_agents_are_connected_and_not_enough_while_an_earlier_controller_is_there()
    {
        var seen = new Readiness(new Share(1, 1), new Share(3, 3), true, []);
        Assert.Equal((true, false), (seen.Enough, seen.Whole));
        Assert.False((seen with { Connected = 2 }).Whole);
        Assert.True((seen with { Connected = 3 }).Whole);
        Assert.False((seen with { Connected = 3, Replacing = true }).Enough);
    }
}
