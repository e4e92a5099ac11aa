using Kdoctor.ClusterTests.Installed;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>The predecessor's cases in the cluster: all of them read what one run found.</summary>
[Collection(InstalledTurns.Name)]
public sealed partial class KindsCases(KindsRun run) : IClassFixture<KindsRun>
{
    private void Succeeds(string task)
    {
        Assert.All(run.ReportOf(task).Report.LatestRoundReport, agent => Assert.True(agent.RoundResult == "succeed", $"{task}: {agent.ReasonsForFailure}"));
        Assert.All(run.TargetsOf(task), target => Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.SuccessCounts));
        Assert.Equal(run.Agents, run.TargetsOf(task).Count);
    }
}
