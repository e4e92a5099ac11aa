using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Kdoctor.TestKit.Processes;

/// <summary>The real executable in a process of its own, as a user starts it.</summary>
public sealed class KdoctorProcess : IAsyncDisposable
{
    // A guard against a hang, not an expectation: long enough for the slowest machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly Process process;
    private readonly StringBuilder stdout = new();
    private readonly StringBuilder stderr = new();
    private readonly Channel<string> errorLines = Channel.CreateUnbounded<string>();
    private readonly Task pumping;

    private KdoctorProcess(Process process)
    {
        this.process = process;
        pumping = Task.WhenAll(PumpAsync(process.StandardOutput, stdout, null), PumpAsync(process.StandardError, stderr, errorLines.Writer));
    }

    /// <summary>The process's id.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>What it has printed to stdout so far.</summary>
    public string Output => Locked(stdout);

    /// <summary>What it has printed to stderr so far.</summary>
    public string Errors => Locked(stderr);

    /// <summary>Resident memory now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Starts <c>kdoctor ARGUMENTS</c>.</summary>
    public static KdoctorProcess Start(params IReadOnlyList<string> arguments) => StartProgram(Path.Combine(AppContext.BaseDirectory, "kdoctor"), arguments);

    /// <summary>Starts another of the project's executables.</summary>
    public static KdoctorProcess StartProgram(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("KUBECONFIG");
        return new KdoctorProcess(Process.Start(start)!);
    }

    /// <summary>Runs <c>kdoctor ARGUMENTS</c> to its end.</summary>
    public static async Task<KdoctorResult> RunAsync(IReadOnlyList<string> arguments, string? input = null)
    {
        await using var running = Start(arguments);
        if (input is not null)
            await running.process.StandardInput.WriteAsync(input);
        running.process.StandardInput.Close();
        return await running.EndAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<KdoctorResult> EndAsync()
    {
        using var guard = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(guard.Token);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"the process did not end; stdout:\n{Output}\nstderr:\n{Errors}");
        }
        await pumping;
        return new KdoctorResult(process.ExitCode, Output, Errors);
    }

    /// <summary>Waits for a line on stderr that holds <paramref name="text"/>; fails with everything seen where the process ends before.</summary>
    public async Task<string> ErrorLineAsync(string text)
    {
        using var guard = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var line in errorLines.Reader.ReadAllAsync(guard.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
        }
        catch (OperationCanceledException)
        {
            // Told below, with everything seen.
        }
        throw new InvalidOperationException($"no line with '{text}' on stderr; stdout:\n{Output}\nstderr:\n{Errors}");
    }

    /// <summary><c>kill -9</c>, its children with it: they would hold its streams open.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await pumping;
    }

    /// <summary><c>kill -INT</c>, as Ctrl-C sends it.</summary>
    public async Task<KdoctorResult> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private static string Locked(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static async Task PumpAsync(StreamReader from, StringBuilder to, ChannelWriter<string>? lines)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to)
                to.AppendLine(line);
            lines?.TryWrite(line);
        }
        lines?.TryComplete();
    }
}
