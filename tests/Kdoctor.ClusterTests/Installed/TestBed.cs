using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>
/// Faults and additions that only a test bed can make: KDOCTOR_CLUSTER_TOOL names a program with the commands cut, heal, loss, ingress, multus and
/// netns. On any other cluster the tests that need it are skipped, saying so.
/// </summary>
public static class TestBed
{
    private static string? Tool => Environment.GetEnvironmentVariable("KDOCTOR_CLUSTER_TOOL") is { Length: > 0 } named ? named : null;

    /// <summary>Skips the test where there is no test bed.</summary>
    public static void Required() => Assert.SkipWhen(Tool is null, "KDOCTOR_CLUSTER_TOOL names no test bed, and this test breaks the cluster's network");

    /// <summary>Drops every packet between two nodes until the result is disposed.</summary>
    public static async Task<IAsyncDisposable> CutAsync(string first, string second)
    {
        await RunAsync("cut", first, second);
        return new Healing(() => RunAsync("heal", first, second));
    }

    /// <summary>Drops that share of the packets that cross the node's uplink until the result is disposed.</summary>
    public static async Task<IAsyncDisposable> LossAsync(string node, int percent)
    {
        await RunAsync("loss", node, percent.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new Healing(() => RunAsync("loss", node, "0"));
    }

    /// <summary>Adds a rule to a node's packet filter until the result is disposed.</summary>
    public static Task<IAsyncDisposable> FilterAsync(string node, string program, params string[] rule) => RuleAsync(node, program, "raw", rule);

    /// <summary>Adds a rule to a table of a node's packet filter until the result is disposed.</summary>
    public static async Task<IAsyncDisposable> RuleAsync(string node, string program, string table, params string[] rule)
    {
        await RunAsync(["netns", node, program, "-w", "-t", table, "-I", .. rule]);
        return new Healing(() => RunAsync(["netns", node, program, "-w", "-t", table, "-D", .. rule]));
    }

    /// <summary>Runs one of the tool's commands to its end, for the namespace of the installation.</summary>
    public static Task RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>The same with variables, each <c>NAME=VALUE</c>.</summary>
    public static Task RunAsync(IReadOnlyList<string> variables, params string[] arguments)
    {
        Required();
        return HostAsync(["env", $"NS={InstalledCluster.Namespace}", .. variables, Tool!, .. arguments]);
    }

    /// <summary>Runs a program of the machine that the nodes run on to its end.</summary>
    public static async Task HostAsync(params string[] command)
    {
        Required();
        await using var running = KdoctorProcess.StartProgram(command[0], command[1..]);
        var result = await running.EndAsync();
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}: {result.Errors}");
    }

    private sealed class Healing(Func<Task> heal) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await heal();
    }
}
