using Kdoctor.Controller.Collecting;
using Kdoctor.Core.Tasks.Specs;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Controller.Collecting;

public sealed class AssignmentWriterTests
{
    /// <remarks>Seen red: a duration of 30 days became one of 24.8, and the shard of an agent that did as it was told was refused, so that the agent was silent.</remarks>
    [Fact]
    public void The_longest_load_that_a_task_may_ask_for_reaches_the_agent_whole()
    {
        var plan = MeshRound.Of(1).Plan;
        var longest = TimeSpan.FromSeconds(RequestSpec.LongestSeconds);
        plan = plan with { Load = plan.Load with { Duration = longest, RequestTimeout = TimeSpan.FromMilliseconds(int.MaxValue) } };

        var assignment = new AssignmentWriter(plan).Write(new AgentPart(plan.Agents[0], 0), plan.Start);

        Assert.Equal((longest.TotalMilliseconds, int.MaxValue), (assignment.DurationMs, assignment.RequestTimeoutMs));
    }

    /// <summary>The largest mesh that the default budgets let run: every agent's assignment waits in the controller until it is sent.</summary>
    /// <remarks>Seen red: each agent's was made of messages of its own, 275 bytes for each agent and target, and all together took a quarter of the 1 GiB that the controller's pod may have.</remarks>
    [Fact]
    public void The_assignments_of_a_large_mesh_are_one_list_of_targets_and_no_square_of_them()
    {
        const int Agents = 706;
        var plan = MeshRound.Of(Agents).Plan;
        var writer = new AssignmentWriter(plan);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var assignments = plan.Agents.Select(agent => writer.Write(new AgentPart(agent, 0), plan.Start)).ToList();

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Agents / plan.Targets.Length;
        Assert.True(each < 64, $"{each} bytes for each agent and target");
        Assert.All(assignments, assignment => Assert.Equal(plan.Targets.Select(target => target.Index), assignment.Targets.Select(target => target.Index)));
    }
}
