using System.Collections.Immutable;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Core.Tasks;

/// <summary>All tasks of a manifest file, and all problems of the file.</summary>
/// <param name="Readings">One per document that could be read, in the file's order.</param>
/// <param name="Problems">All problems, those of the documents included, by line. The tasks are to be run only when there are none.</param>
public sealed record TaskFile(ImmutableArray<TaskReading> Readings, ImmutableArray<Problem> Problems)
{
    /// <summary>Reads a file's text. Never throws for what the text holds.</summary>
    public static TaskFile Read(string text, TaskLimits limits)
    {
        var file = ManifestReader.Read(text);
        var readings = file.Documents.Select(document => TaskReader.Read(document, limits)).ToImmutableArray();
        var problems = file.Problems
            .Concat(readings.SelectMany(reading => reading.Problems))
            .Concat(Repeated(file.Documents, readings))
            .OrderBy(problem => problem.Line)
            .ToImmutableArray();
        return new TaskFile(readings, problems);
    }

    /// <summary>The same object twice in one file: the second would replace the first.</summary>
    private static IEnumerable<Problem> Repeated(ImmutableArray<ManifestNode> documents, ImmutableArray<TaskReading> readings)
    {
        var lines = new Dictionary<(TaskKind, string), int?>();
        for (var index = 0; index < documents.Length; index++)
        {
            if (readings[index].Task is not { } task)
                continue;
            var line = Reading.FieldPath.Metadata.Field("name").LineIn(documents[index]);
            if (!lines.TryAdd((task.Kind, task.Name), line))
            {
                yield return new Problem(
                    line,
                    "metadata.name",
                    $"is {ProblemWords.Quote(task.Name)}, as that of the {task.Kind} in line {lines[(task.Kind, task.Name)]}",
                    "give each task a name of its own");
            }
        }
    }
}
