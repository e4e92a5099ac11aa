using Kdoctor.Cli;
using Kdoctor.Cli.Cluster;
using Kdoctor.Cli.Lab;
using Kdoctor.Cli.Running;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;
using Kdoctor.Tests.Cli;
using Kdoctor.Tests.Probing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>A whole lab in this process, for what a command line cannot ask for.</summary>
internal static class LabRun
{
    /// <summary>Runs every task of the manifests to its end, all at once, beginning now.</summary>
    /// <param name="manifests">YAML.</param>
    /// <param name="options">How the lab is made.</param>
    /// <param name="logs">Where it logs; null for nowhere.</param>
    /// <param name="rounds">How many rounds each task runs; null for as many as its manifest says.</param>
    public static async Task<IReadOnlyList<KdoctorReport>> RunAsync(string manifests, LabOptions options, ILoggerFactory? logs = null, int? rounds = null)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(TimeSpan.FromMinutes(2));
        var files = RunManifests.Read(["-"], new StringReader(manifests), new RunChanges(Now: true, Rounds: rounds), TaskLimits.Lab);
        Assert.Empty(files.Problems);
        await using var lab = await Lab.StartAsync(options, Context(logs ?? NullLoggerFactory.Instance), guard.Token);
        var run = new TaskRun(lab.Cluster, files, new ControllerWait(ProbingLoop.Clock, _ => { }), _ => { });
        await run.FollowAsync(guard.Token);
        return await run.ReportsAsync(waits: true, guard.Token);
    }

    private static CliContext Context(ILoggerFactory logs) => CliRun.Context() with { Time = ProbingLoop.Clock, Logs = () => logs };
}
