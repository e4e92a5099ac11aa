using Kdoctor.TestKit;
using Kdoctor.TestKit.Processes;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>The command as users have it, against a cluster: KDOCTOR_PROGRAM names the published executable, otherwise the one beside the tests runs.</summary>
public static class ClusterCommand
{
    public static KdoctorProcess Start(string kubeconfig, params IReadOnlyList<string> arguments)
    {
        var program = Environment.GetEnvironmentVariable("KDOCTOR_PROGRAM") is { Length: > 0 } named ? Repository.Path(named) : Path.Combine(AppContext.BaseDirectory, "kdoctor");
        return KdoctorProcess.StartProgram(program, [.. arguments, "--kubeconfig", kubeconfig]);
    }

    public static async Task<KdoctorResult> RunAsync(string kubeconfig, params IReadOnlyList<string> arguments)
    {
        await using var running = Start(kubeconfig, arguments);
        return await running.EndAsync();
    }
}
