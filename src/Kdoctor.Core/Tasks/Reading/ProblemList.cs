using System.Collections.Immutable;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>All problems of one document; at most <see cref="MaxProblems"/> are kept, the last of them then says so.</summary>
internal sealed class ProblemList(ManifestNode root)
{
    public const int MaxProblems = 100;

    private readonly List<Problem> problems = [];
    private readonly HashSet<string> fields = [];

    public bool IsEmpty => problems.Count == 0;

    /// <summary>One problem per field: the first found says it best; what follows from it, or from what holds the field, is noise.</summary>
    public void Add(FieldPath path, string message, string remedy)
    {
        if (!Clean(path))
            return;
        fields.Add(path.ToString());
        if (problems.Count == MaxProblems - 1)
            problems.Add(new Problem(path.LineIn(root), "", $"there are more than {MaxProblems - 1} problems", "correct these first"));
        else if (problems.Count < MaxProblems)
            problems.Add(new Problem(path.LineIn(root), path.ToString(), message, remedy));
    }

    /// <summary>Whether nothing is wrong with the fields and what holds them, so that a rule about them makes sense.</summary>
    public bool Clean(params ReadOnlySpan<FieldPath> paths)
    {
        foreach (var path in paths)
        {
            for (var step = path; step is not null; step = step.Parent)
            {
                if (fields.Contains(step.ToString()))
                    return false;
            }
        }

        return true;
    }

    /// <summary>By line, then as found.</summary>
    public ImmutableArray<Problem> ToImmutable() => [.. problems.OrderBy(problem => problem.Line ?? 0)];
}
