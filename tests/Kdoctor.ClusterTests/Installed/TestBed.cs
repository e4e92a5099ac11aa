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

    /// <summary>Whether there is a test bed.</summary>
    public static bool IsThere => Tool is not null;

    /// <summary>Skips the test where there is no test bed.</summary>
    public static void Required() => Assert.SkipWhen(!IsThere, "KDOCTOR_CLUSTER_TOOL names no test bed, and this test breaks the cluster's network");

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

    /// <summary>The HTTP status that a node is answered with at a URL, by a certificate of whomever; 000 where nobody answers within two seconds.</summary>
    public static Task<string> StatusAsync(string node, string url) => ToolAsync(
        [], "netns", node, "sh", "-c", "curl --silent --insecure --output /dev/null --max-time 2 --write-out '%{http_code}' \"$0\" || true", url);

    /// <summary>Reads a file that a container's processes see: images hold no program that could tell it.</summary>
    /// <param name="node">Where the container runs.</param>
    /// <param name="container">Its id.</param>
    /// <param name="path">The file, as the container names it.</param>
    public static async Task<byte[]> ReadAsync(string node, string container, string path) => Convert.FromBase64String(await ToolAsync(
        [], "netns", node, "sh", "-c", $"f=$(grep -l {container} /proc/[0-9]*/cgroup 2>/dev/null | head -n 1); base64 -w0 \"${{f%/cgroup}}/root{path}\""));

    /// <summary>Runs one of the tool's commands to its end, for the namespace of the installation.</summary>
    public static Task RunAsync(params string[] arguments) => ToolAsync([], arguments);

    /// <summary>The same with variables, each <c>NAME=VALUE</c>.</summary>
    public static Task RunAsync(IReadOnlyList<string> variables, params string[] arguments) => ToolAsync(variables, arguments);

    /// <summary>Runs a program of the machine that the nodes run on to its end; what it printed.</summary>
    public static async Task<string> HostAsync(params string[] command)
    {
        Required();
        await using var running = KdoctorProcess.StartProgram(command[0], command[1..]);
        var result = await running.EndAsync();
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}: {result.Errors}");
        return result.Output;
    }

    private static Task<string> ToolAsync(IReadOnlyList<string> variables, params string[] arguments)
    {
        Required();
        return HostAsync(["env", $"NS={InstalledCluster.Namespace}", .. variables, Tool!, .. arguments]);
    }

    private sealed class Healing(Func<Task> heal) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await heal();
    }
}
