using System.Text.Json;
using System.Text.RegularExpressions;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Contract;

namespace Kdoctor.TestKit.Processes;

/// <summary><c>kdoctor up</c> in a process of its own, with a real kubectl before it.</summary>
public sealed partial class RunningLab : IAsyncDisposable
{
    private readonly KdoctorProcess process;

    private RunningLab(KdoctorProcess process, string data, string joinLine)
    {
        this.process = process;
        JoinLine = joinLine;
        Kubeconfig = Path.Combine(data, "kubeconfig");
    }

    /// <summary>Where kubectl finds it.</summary>
    public string Kubeconfig { get; }

    /// <summary>The line that tells how agents of other hosts join.</summary>
    public string JoinLine { get; }

    /// <summary>The process.</summary>
    public KdoctorProcess Process => process;

    /// <summary>Starts a lab; returns once it says that it is up.</summary>
    public static async Task<RunningLab> StartAsync(string data, int nodes = 3)
    {
        var process = KdoctorProcess.Start("up", "--data", data, "--listen", "127.0.0.1:0", "--nodes", nodes.ToString(System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            return new RunningLab(process, data, await process.ErrorLineAsync("join with"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>A kubectl for it.</summary>
    public Kubectl Kubectl(string program) => new(program, Kubeconfig);

    /// <summary>Waits, by watching, until a task's column FINISH says true.</summary>
    public static async Task FinishedAsync(Kubectl kubectl, string kind, string name) =>
        await kubectl.FollowAsync(_ => true, () => Task.CompletedTask, line => Finished().IsMatch(line), "get", kind, name, "-w", "--output-watch-events=false");

    /// <summary>A report, held against its schema.</summary>
    public static async Task<KdoctorReport> ReportAsync(Kubectl kubectl, string name) => ReportOf(await kubectl.RunAsync("get", "kdoctorreport", name, "-o", "json"));

    /// <summary>The report in what kubectl answered, held against its schema.</summary>
    public static KdoctorReport ReportOf(KubectlResult answer)
    {
        if (answer.ExitCode != 0)
            throw new InvalidOperationException(answer.All);
        Reports.ReportSchema.AssertValid(answer.Output);
        return JsonSerializer.Deserialize(answer.Output, ReportJson.Default.KdoctorReport)!;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    [GeneratedRegex(@"^\S+\s+true\s")]
    private static partial Regex Finished();
}
