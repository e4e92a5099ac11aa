using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>Tasks of one test: applied together, followed to their end, and gone with it.</summary>
internal sealed class ClusterTasks(Kubectl kubectl) : IAsyncDisposable
{
    private readonly List<string> made = [];

    /// <summary>Applies a task and answers at once.</summary>
    public async Task ApplyAsync(string kind, string name, string spec)
    {
        made.Add($"{kind}/{name}");
        var manifest = $"apiVersion: kdoctor.io/v1beta1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n";
        var applied = await kubectl.RunWithInputAsync(manifest, "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
    }

    /// <summary>Waits until a task has run all its rounds.</summary>
    public async Task<KdoctorReport> FinishedAsync(string kind, string name)
    {
        await Waiting.UntilAsync(
            $"{kind} {name} finishes", async () => (await kubectl.RunAsync("get", kind, name, "-o", "jsonpath={.status.finish} {.status}")).Output, status => status.StartsWith("true", StringComparison.Ordinal));
        return await ServedReports.ReadAsync(kubectl, $"{kind.ToLowerInvariant()}-{name}");
    }

    /// <summary>A field of a task, as kubectl prints it.</summary>
    public async Task<string> FieldAsync(string kind, string name, string path) => (await kubectl.RunAsync("get", kind, name, "-o", $"jsonpath={{{path}}}")).Output;

    /// <summary>Deletes them now.</summary>
    public async Task DeleteAsync()
    {
        foreach (var task in made)
            await kubectl.RunAsync("delete", task.Split('/')[0], task.Split('/')[1], "--ignore-not-found");
        made.Clear();
    }

    public async ValueTask DisposeAsync() => await DeleteAsync();
}
