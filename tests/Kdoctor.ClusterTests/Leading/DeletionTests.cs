using Kdoctor.ClusterTests.Installed;
using Kdoctor.ClusterTests.Kinds;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.ClusterTests.Leading;

/// <summary>Tasks that end in mid-round: what counts is what the application still sees.</summary>
[Collection(InstalledTurns.Name)]
public sealed class DeletionTests(InstalledCluster cluster)
{
    // The bound.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    [Fact]
    public Task The_load_of_a_task_that_is_deleted_stops_everywhere_within_a_second() => ServedAsync(async served =>
    {
        var applied = await cluster.Kubectl.RunWithInputAsync(Manifest("deleted", served.Address), "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
        await BegunAsync(served, "deleted");

        Assert.Equal(0, (await cluster.Kubectl.RunAsync("delete", "apphttphealthy", "deleted", "--wait=false")).ExitCode);

        await StoppedAsync(served, "deleted");
    });

    [Fact]
    public Task A_run_that_is_interrupted_takes_its_task_and_its_load_away() => ServedAsync(async served =>
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Manifest("interrupted", served.Address), TestContext.Current.CancellationToken);
        try
        {
            await using var run = ClusterCommand.Start(cluster.Kubeconfig, "run", "-f", file);
            await BegunAsync(served, "interrupted");

            var result = await run.InterruptAsync();

            Assert.True(result.ExitCode == 3, result.Errors);
            await StoppedAsync(served, "interrupted");
            Assert.Equal("", (await cluster.Kubectl.RunAsync("get", "apphttphealthies", "-o", "name")).Output);
        }
        finally
        {
            File.Delete(file);
        }
    });

    private async Task ServedAsync(Func<ServedApplication, Task> work)
    {
        using var authority = new TestAuthority();
        var served = new ServedApplication(cluster.Kubectl);
        try
        {
            await served.StartAsync(authority, authority);
            await work(served);
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "apphttphealthies", "--all");
            await served.RemoveAsync();
        }
    }

    private static Task<long> BegunAsync(ServedApplication served, string task) => Waiting.UntilAsync("the application is asked", () => CountAsync(served, task), count => count > 30);

    // Asking is itself a request of the task's name, and the next count has it.
    private static async Task StoppedAsync(ServedApplication served, string task)
    {
        await Task.Delay(Bound, Waiting.Clock, TestContext.Current.CancellationToken);
        var counted = await CountAsync(served, task);
        await Task.Delay(3 * Bound, Waiting.Clock, TestContext.Current.CancellationToken);
        Assert.Equal(counted + 1, await CountAsync(served, task));
    }

    private static async Task<long> CountAsync(ServedApplication served, string task) => (long)(await served.RecordAsync(task))["requestCount"]!;

    private static string Manifest(string name, string address) => $$"""
        apiVersion: kdoctor.io/v1beta1
        kind: AppHttpHealthy
        metadata: {name: {{name}} }
        spec:
          request: {durationInSecond: 60, qps: 10, perRequestTimeoutInMS: 1000}
          schedule: {roundNumber: 1, roundTimeoutMinute: 2, schedule: 0 2}
          target: {host: 'http://{{address}}/?task={{name}}', method: GET}
        """;
}
