using System.Text.RegularExpressions;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.House;

/// <summary>The rules of the house that a script can see.</summary>
public sealed partial class TreeTests
{
    private static readonly string[] Forbidden = ["Common", "Shared", "Utils", "Util", "Helpers", "Helper", "Abstractions", "Managers", "Manager"];

    [Fact]
    public void Source_files_are_small()
    {
        var sizes = Repository.Files("src", ".cs").Select(file => (File: file, Lines: File.ReadLines(Repository.Path(file)).Count())).OrderBy(entry => entry.Lines).ToList();
        var median = sizes[sizes.Count / 2].Lines;
        var ninetieth = sizes[sizes.Count * 9 / 10].Lines;
        Assert.True(median <= 60, $"the median source file has {median} lines");
        Assert.True(ninetieth < 200, $"a tenth of the source files has {ninetieth} lines or more");
        Assert.True(sizes[^1].Lines <= 400, $"{sizes[^1].File} has {sizes[^1].Lines} lines");
    }

    [Fact]
    public void Functions_are_short()
    {
        var functions = Repository.Files("src", ".cs").SelectMany(file => Functions(file, Repository.Read(file).Split('\n'))).ToList();
        Assert.True(functions.Count > 1000, $"only {functions.Count} functions were found");
        Assert.Empty(functions.Where(function => function.Lines > 70).Select(function => $"{function.Place} has {function.Lines} lines"));
    }

    [Fact]
    public void No_folder_or_type_is_a_drawer_for_anything()
    {
        var names = Repository.Files("src", ".cs", ".csproj").Concat(Repository.Files("tests", ".cs", ".csproj"))
            .SelectMany(file => file.Split('/', '.'))
            .Distinct(StringComparer.Ordinal);
        Assert.DoesNotContain(names, name => Forbidden.Any(word => name.EndsWith(word, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        foreach (var file in Repository.Files("src", ".cs").Where(file => !file.EndsWith("AssemblyInfo.cs", StringComparison.Ordinal)))
        {
            var match = NamespaceLine().Match(File.ReadAllText(Repository.Path(file)));
            if (match.Success)
                Assert.Equal(Path.GetDirectoryName(file)!["src/".Length..].Replace('/', '.'), match.Groups[1].Value);
        }
    }

    [Fact]
    public void Links_between_the_projects_pages_lead_somewhere()
    {
        var pages = Repository.Files("docs", ".md").Concat(Directory.EnumerateFiles(Repository.Root, "*.md").Select(file => Path.GetFileName(file))).ToList();
        var broken = pages.SelectMany(page => LinkTarget().Matches(File.ReadAllText(Repository.Path(page)))
            .Select(link => link.Groups[1].Value.Split('#')[0])
            .Where(link => link.Length > 0 && !link.Contains("://", StringComparison.Ordinal))
            .Where(link => !Path.Exists(Repository.Path(Path.GetDirectoryName(page)!, link)))
            .Select(link => $"{page} -> {link}"));
        Assert.Empty(broken);
        Assert.NotEmpty(pages);
    }

    // A block on its own indentation of a member, behind a line that ends like a head: what stands between its braces.
    private static IEnumerable<(string Place, int Lines)> Functions(string file, string[] lines)
    {
        var start = -1;
        for (var line = 1; line < lines.Length; line++)
        {
            if (lines[line] == "    {" && !TypeHead().IsMatch(lines[line - 1]))
                start = line;
            if (lines[line] == "    }" && start >= 0)
            {
                yield return ($"{file}:{start}", line - start - 1);
                start = -1;
            }
        }
    }

    [GeneratedRegex(@"\b(class|struct|record|interface|enum)\b")]
    private static partial Regex TypeHead();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkTarget();
}
