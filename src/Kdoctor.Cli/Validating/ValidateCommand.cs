using System.CommandLine;
using Kdoctor.Cli.Installing;
using Kdoctor.Cli.Manifests;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Cli.Validating;

/// <summary><c>kdoctor validate -f FILE</c>: every problem on a line of its own.</summary>
internal static class ValidateCommand
{
    /// <summary>The exit code for manifests with problems.</summary>
    private const int Wrong = 2;

    /// <summary>The command; <paramref name="input"/> is read for the file <c>-</c>.</summary>
    public static Command Create(TextReader input)
    {
        var files = new Option<string[]>("--filename", "-f")
        {
            Description = "A manifest file, a folder of *.yaml, *.yml and *.json files, or - for the standard input. May be given several times.",
            HelpName = "FILE",
            Required = true,
        };
        var settings = new Option<string?>("--settings")
        {
            Description = "A file with the settings of a cluster's controller, by whose limits and addresses the tasks are judged; without it by those of the lab.",
            HelpName = "FILE",
        };
        var command = new Command(
            "validate",
            "Check manifests: prints every problem as FILE:LINE: field: problem; remedy. Exit code 0 when there are none, else 2.")
        {
            files,
            settings,
        };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(settings) is not { } named)
                return Run(parsed.GetValue(files) ?? [], TaskLimits.Lab, input, output);
            var (_, chosen, problems) = SettingsChoice.Read(named);
            foreach (var problem in problems)
                output.WriteLine(problem);
            return chosen is null ? Wrong : Run(parsed.GetValue(files) ?? [], chosen.ForTasks(), input, output);
        });
        return command;
    }

    private static int Run(string[] paths, TaskLimits limits, TextReader input, TextWriter output)
    {
        var wrong = false;
        foreach (var manifest in ManifestFiles.Read(paths, input))
        {
            var lines = manifest.Problem is { } unreadable ? [unreadable] : ProblemLines(manifest, limits, output);
            foreach (var line in lines)
                output.WriteLine(line);
            wrong |= lines.Count > 0;
        }

        return wrong ? Wrong : 0;
    }

    private static List<string> ProblemLines(ManifestText manifest, TaskLimits limits, TextWriter output)
    {
        var file = TaskFile.Read(manifest.Text, limits);
        var count = file.Readings.Length;
        if (file.Problems.IsEmpty)
            output.WriteLine($"{manifest.Name}: {Counted(count, file.Objects.Length)}");
        return [.. file.Problems.Select(problem => problem.InFile(manifest.Name))];
    }

    private static string Counted(int tasks, int objects)
    {
        var counted = string.Join(" and ", new[] { (Count: tasks, What: "task"), (Count: objects, What: "object") }
            .Where(part => part.Count > 0)
            .Select(part => ScreenNumbers.Counted(part.Count, part.What)));
        return $"{counted} {(tasks + objects == 1 ? "is" : "are")} valid";
    }
}
