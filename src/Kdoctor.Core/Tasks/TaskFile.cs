using System.Collections.Immutable;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.Core.Tasks.Reading;

namespace Kdoctor.Core.Tasks;

/// <summary>All tasks of a manifest file, and all problems of the file.</summary>
/// <param name="Readings">One per document that could be read, or item of a <c>v1 List</c>, in the file's order.</param>
/// <param name="Problems">All problems, those of the documents included, by line. The tasks are to be run only when there are none.</param>
public sealed record TaskFile(ImmutableArray<TaskReading> Readings, ImmutableArray<Problem> Problems)
{
    /// <summary>The Secrets and ConfigMaps that stand beside the tasks, in the file's order.</summary>
    public ImmutableArray<CompanionObject> Objects { get; init; } = [];

    /// <summary>Reads a file's text. Never throws for what the text holds.</summary>
    public static TaskFile Read(string text, TaskLimits limits)
    {
        var file = ManifestReader.Read(text);
        var (all, wrongLists) = ListDocuments.Expand(file.Documents);
        var documents = all.Where(document => !CompanionReader.Takes(document)).ToImmutableArray();
        var readings = documents.Select(document => TaskReader.Read(document, limits)).ToImmutableArray();
        var (companions, wrong) = Companions(all.Where(CompanionReader.Takes));
        var problems = file.Problems
            .Concat(wrongLists)
            .Concat(readings.SelectMany(reading => reading.Problems))
            .Concat(wrong)
            .Concat(Repeated(documents, readings))
            .OrderBy(problem => problem.Line)
            .ToImmutableArray();
        return new TaskFile(readings, problems) { Objects = companions };
    }

    private static (ImmutableArray<CompanionObject> Objects, List<Problem> Problems) Companions(IEnumerable<ManifestNode> documents)
    {
        var objects = ImmutableArray.CreateBuilder<CompanionObject>();
        var problems = new List<Problem>();
        foreach (var document in documents.Cast<ManifestMap>())
        {
            var found = new ProblemList(document);
            var companion = CompanionReader.Read(document, found);
            if (companion is not null && objects.Any(other => other.Reference == companion.Reference))
                found.Add(FieldPath.Metadata.Field("name"), $"is that of another {companion.Reference} in this file", "give each object a name of its own");
            if (companion is not null)
                objects.Add(companion);
            problems.AddRange(found.ToImmutable());
        }
        return (objects.ToImmutable(), problems);
    }

    /// <summary>The same object twice in one file: the second would replace the first.</summary>
    private static IEnumerable<Problem> Repeated(ImmutableArray<ManifestNode> documents, ImmutableArray<TaskReading> readings)
    {
        var lines = new Dictionary<(TaskKind, string), int?>();
        for (var index = 0; index < documents.Length; index++)
        {
            if (readings[index].Task is not { } task)
                continue;
            var line = FieldPath.Metadata.Field("name").LineIn(documents[index]);
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
