using System.Diagnostics;
using System.Text;

namespace Kdoctor.TestKit.Contract;

/// <summary>What a command left behind.</summary>
public sealed record KubectlResult(int ExitCode, string Output, string Error)
{
    public string All => Output + Error;
}

/// <summary>A real kubectl with a kubeconfig; its caches live in a folder of their own.</summary>
public sealed class Kubectl(string path, string kubeconfig) : IDisposable
{
    /// <remarks>A kubelet of 1.20 may take a minute to call a pod gone whose containers have long ended.</remarks>
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(3);
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("kdoctor-kubectl-");

    /// <summary>The kubectl programs to test with: <c>KDOCTOR_KUBECTL</c>, colon-separated, or the one on the PATH.</summary>
    public static IReadOnlyList<string> Programs { get; } =
        Environment.GetEnvironmentVariable("KDOCTOR_KUBECTL")?.Split(':', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } named ? named : ["kubectl"];

    /// <summary>Whether the program can be started at all.</summary>
    public static bool Exists(string path) => path.Contains('/', StringComparison.Ordinal)
        ? File.Exists(path)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, path)));

    /// <summary>Runs to the end; fails the test when it hangs.</summary>
    public Task<KubectlResult> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    /// <summary>Runs to the end with a standard input.</summary>
    public async Task<KubectlResult> RunWithInputAsync(string input, params string[] arguments)
    {
        using var guard = new CancellationTokenSource(HangGuard);
        using var process = Start(arguments);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(guard.Token);
            var error = process.StandardError.ReadToEndAsync(guard.Token);
            await process.WaitForExitAsync(guard.Token);
            return new KubectlResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"kubectl {string.Join(' ', arguments)} hangs");
        }
    }

    /// <summary>Runs until a line of its output is as wanted, lets something happen at the first line, and ends it.</summary>
    public async Task<string> FollowAsync(Func<string, bool> isFirst, Func<Task> then, Func<string, bool> isLast, params string[] arguments)
    {
        using var guard = new CancellationTokenSource(HangGuard);
        using var process = Start(arguments);
        process.StandardInput.Close();
        var seen = new StringBuilder();
        try
        {
            var happened = false;
            while (await process.StandardOutput.ReadLineAsync(guard.Token) is { } line)
            {
                seen.AppendLine(line);
                if (happened && isLast(line)) return seen.ToString();
                if (happened || !isFirst(line)) continue;
                happened = true;
                await then();
            }

            throw new InvalidOperationException($"kubectl ended; it wrote:\n{seen}{await process.StandardError.ReadToEndAsync(guard.Token)}");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"kubectl did not write what was expected; it wrote:\n{seen}");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => home.Delete(recursive: true);

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = home.FullName, ["KUBECONFIG"] = kubeconfig },
        };
        return Process.Start(start)!;
    }
}
