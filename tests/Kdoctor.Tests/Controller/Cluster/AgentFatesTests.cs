using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Controller.Cluster;

/// <summary>What pods tell at a round's end about the agents that were planned.</summary>
public sealed class AgentFatesTests
{
    private static readonly DateTimeOffset Noon = MeshRound.Noon;

    private readonly MeshRound mesh = MeshRound.Of(3);
    private readonly GonePods gone = new();
    private readonly Dictionary<string, PodFacts> pods = Enumerable.Range(1, 3).ToDictionary(number => $"agent-{number}", number => Pod(number));

    [Fact]
    public void Pods_that_were_ready_all_along_have_no_fate()
    {
        var fates = Fates();
        Assert.Empty(fates.Departures);
        Assert.Empty(fates.Unsteady);
    }

    [Fact]
    public void A_pod_departs_when_its_deletion_is_asked_for_and_not_when_its_grace_is_over()
    {
        pods["agent-2"] = Pod(2, """, "deletionTimestamp": "2030-05-17T12:00:35Z", "deletionGracePeriodSeconds": 30""");
        Assert.Equal(new Departure("id-2", Noon.AddSeconds(5)), Assert.Single(Fates().Departures));
        gone.Add(pods["agent-2"]);
        pods.Remove("agent-2");
        Assert.Equal(new Departure("id-2", Noon.AddSeconds(5)), Assert.Single(Fates().Departures));
    }

    [Fact]
    public void A_pod_that_nobody_saw_go_departed_at_an_unknown_time()
    {
        pods.Remove("agent-2");
        Assert.Equal(new Departure("id-2", null), Assert.Single(Fates().Departures));
        pods["agent-2"] = Pod(9) with { Name = "agent-2" };
        Assert.Equal(new Departure("id-2", null), Assert.Single(Fates().Departures));
    }

    [Theory]
    [InlineData(""" "reason": "Evicted", """)]
    [InlineData(""" "containerStatuses": [{"name": "a", "image": "i", "imageID": "i", "ready": false, "restartCount": 0, "state": {"terminated": {"exitCode": 1, "finishedAt": "2030-05-17T12:00:01Z"}}}], """)]
    public void A_pod_that_ended_of_itself_did_not_depart(string status)
    {
        gone.Add(Pod(2, """, "deletionTimestamp": "2030-05-17T12:00:05Z", "deletionGracePeriodSeconds": 0""", status));
        pods.Remove("agent-2");
        Assert.Empty(Fates().Departures);
        Assert.Equal(["id-2"], Fates().Unsteady);
    }

    [Fact]
    public void A_pod_that_is_not_ready_or_became_so_in_mid_round_was_not_a_backend_all_along()
    {
        pods["agent-1"] = Pod(1) with { Ready = false, ReadySince = null };
        pods["agent-3"] = Pod(3) with { ReadySince = Noon.AddSeconds(4) };
        Assert.Equal(["id-1", "id-3"], Fates().Unsteady);
    }

    [Fact]
    public void A_pod_that_was_made_since_came_whether_it_is_still_there_or_not()
    {
        pods["agent-7"] = Pod(7) with { Created = Noon.AddSeconds(2) };
        gone.Add(Pod(8) with { Created = Noon.AddSeconds(1) });
        gone.Add(Pod(9));
        Assert.Equal(["id-7", "id-8"], Fates().Newcomers);
    }

    [Fact]
    public void So_many_gone_pods_are_remembered_and_no_more()
    {
        for (var number = 0; number <= GonePods.Kept; number++)
            gone.Add(Pod(1) with { Uid = $"uid-{number}" });
        Assert.Null(gone.Find("uid-0"));
        Assert.NotNull(gone.Find("uid-1"));
    }

    private Aftermath Fates() => AgentFates.Of(mesh.Plan, pods, gone);

    private static PodFacts Pod(int number, string metadata = "", string status = "") => PodFacts.Read(JsonNode.Parse($$"""
        {
          "metadata": {"name": "agent-{{number}}", "uid": "id-{{number}}", "creationTimestamp": "2030-05-17T11:00:00Z" {{metadata}}},
          "status": { {{status}} "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2030-05-17T11:00:10Z"}]}
        }
        """)!.AsObject());
}
