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

        var assignment = AssignmentWriter.Write(plan, new AgentPart(plan.Agents[0], 0), plan.Start);

        Assert.Equal((longest.TotalMilliseconds, int.MaxValue), (assignment.DurationMs, assignment.RequestTimeoutMs));
    }
}
