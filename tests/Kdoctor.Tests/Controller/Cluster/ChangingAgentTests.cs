using System.Collections.Immutable;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Planning;
using Xunit;

namespace Kdoctor.Tests.Controller.Cluster;

/// <summary>An agent whose pod is just being replaced or started is not at fault; one for which that lasts is.</summary>
/// <remarks>Seen red: agents that are absent while a rollout replaces them, or that a new node just starts, fail every round that begins then.</remarks>
public sealed class ChangingAgentTests
{
    private static readonly DateTimeOffset Now = new(2030, 5, 17, 12, 0, 0, TimeSpan.Zero);
    private static readonly PodTrouble Starting = new("its pod is starting", true);
    private static readonly PodFacts Pod = new() { Uid = "1", Name = "pod-1", Part = "kdoctor-agent", Node = "a", Created = Now.AddHours(-1) };

    [Theory]
    [InlineData(10, true)]
    [InlineData(70, false)]
    public void A_pod_that_is_starting_changes_for_a_minute(int seconds, bool changing) =>
        Assert.Equal(changing, Call(pods: Pod with { Created = Now.AddSeconds(-seconds), Trouble = Starting }).Changing);

    [Fact]
    public void A_pod_that_cannot_start_does_not_change_however_young_it_is() =>
        Assert.False(Call(pods: Pod with { Created = Now.AddSeconds(-10), Trouble = new PodTrouble("its container does not start: ImagePullBackOff", false) }).Changing);

    [Fact]
    public void Nothing_changes_on_a_node_that_is_not_ready() =>
        Assert.False(Call(node: "its node is not ready", pods: Pod with { Created = Now.AddSeconds(-10), Trouble = Starting }).Changing);

    [Theory]
    [InlineData(10, false, true)]
    [InlineData(10, true, false)]
    [InlineData(70, false, false)]
    public void A_pod_that_is_being_deleted_changes_for_a_minute_unless_it_had_ended_before(int seconds, bool endedFirst, bool changing)
    {
        var leaving = Pod with { Terminating = true, DeletedAt = Now.AddSeconds(-seconds), EndedFirst = endedFirst, Trouble = new PodTrouble("its pod is being deleted", true) };
        Assert.Equal(changing, Call(pods: leaving).Changing);
        Assert.Equal(changing, Call(gone: leaving).Changing);
    }

    [Fact]
    public void A_node_on_which_no_pod_was_lately_misses_one() => Assert.False(Call(gone: Pod with { Node = "b", DeletedAt = Now }).Changing);

    private static AgentInfo Call(string? node = null, PodFacts? pods = null, PodFacts? gone = null)
    {
        var nodes = new Dictionary<string, NodeFacts> { ["a"] = new() { Name = "a", Labels = ImmutableDictionary<string, string>.Empty, Trouble = node } };
        var workload = new WorkloadFacts { Name = "kdoctor-agent", Stored = [] };
        PodFacts[] Of(PodFacts? pod) => pod is null ? [] : [pod];
        return Assert.Single(new AgentRoll(workload, nodes, _ => false, Now, Of(gone)).Call(Of(pods)).Agents);
    }
}
