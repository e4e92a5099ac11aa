using System.Text.RegularExpressions;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Defects;

/// <summary>
/// The predecessor's known defects, C1 to C23 of correctness and operation, S1 to S8 of security: each has a test that is named after it, whose
/// summary says how it would fail against the defect, and whose remarks say what was changed to see it fail. They stand beside the code that they hold; this list only
/// sees that none is forgotten.
/// </summary>
public sealed partial class DefectListTests
{
    private static readonly IEnumerable<string> Known = [.. Enumerable.Range(1, 23).Select(number => $"C{number}"), .. Enumerable.Range(1, 8).Select(number => $"S{number}")];

    [Fact]
    public void Every_known_defect_has_a_test_that_says_how_it_would_fail()
    {
        var told = Repository.Files("tests", ".cs")
            .SelectMany(file => Test().Matches(File.ReadAllText(Repository.Path(file))))
            .Where(test => test.Groups["summary"].Value.Contains("Against the defect: ", StringComparison.Ordinal))
            .Where(test => test.Groups["remarks"].Value.StartsWith("Seen red: ", StringComparison.Ordinal))
            .Where(test => test.Groups["summary"].Value.StartsWith($"{test.Groups["id"].Value}, ", StringComparison.Ordinal))
            .Select(test => test.Groups["id"].Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Known.Except(told));
    }

    [Fact]
    public void The_page_has_every_defect_and_only_tests_that_there_are()
    {
        var page = Repository.Read("docs/reference/predecessor-defects.md");
        var rows = Row().Matches(page).Select(row => row.Groups["id"].Value).ToList();
        Assert.Equal(Known, rows);
        var sources = Repository.Files("tests", ".cs").ToLookup(file => Path.GetFileNameWithoutExtension(file), Repository.Read, StringComparer.Ordinal);
        var named = Named().Matches(page);
        Assert.True(named.Count >= rows.Count);
        Assert.All(named, test => Assert.Contains(
            sources[test.Groups["class"].Value], source => source.Contains($" {test.Groups["test"].Value}(", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"^\| (?<id>[CS]\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<class>\w+Tests|\w+Cases)\.(?<test>\w+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"/// <summary>\s*(?:///\s*)?(?<summary>(?:(?!</summary>).)*)</summary>\n\s*/// <remarks>(?<remarks>[^\n]*)</remarks>\n(?:\s*\[[^\n]*\n)+\s*public (?:async )?\w+ (?<id>[CS]\d+)_", RegexOptions.Singleline)]
    private static partial Regex Test();
}
