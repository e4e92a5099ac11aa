using System.Text.RegularExpressions;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Docs;

/// <summary>What the pages show must work as they show it.</summary>
public sealed partial class DocPagesTests
{
    public static TheoryData<string> Pages() => [.. DocPages.All];

    public static TheoryData<string, string> Pairs() => [.. DocPages.Pairs];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Manifests_are_valid(string page)
    {
        foreach (var block in DocPages.Blocks(page).Where(block => block.Language == "yaml" && block.Text.Contains("kdoctor.io/v1beta1\nkind: ", StringComparison.Ordinal)))
        {
            if (!block.Text.Contains("kind: KdoctorReport", StringComparison.Ordinal))
                Assert.Empty(TaskFile.Read(block.Text, TaskLimits.Lab).Problems.Select(problem => problem.InFile(page)));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_are_understood(string page)
    {
        foreach (var line in DocPages.Blocks(page).Where(block => block.Language == "sh").SelectMany(block => block.Text.Split('\n')))
        {
            if (CommandLineOf(line) is { } arguments)
                Assert.Empty(CommandReference.Command().Parse(arguments).Errors.Select(error => $"{page}: {line}: {error.Message}"));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Files_that_commands_name_are_there(string page)
    {
        foreach (var line in DocPages.Blocks(page).Where(block => block.Language == "sh").Select(block => block.Text))
        {
            foreach (Match named in RepositoryFile().Matches(line))
                Assert.True(Path.Exists(Repository.Path(named.Value)), $"{page} names {named.Value}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Values_that_helm_is_told_are_the_charts(string page)
    {
        foreach (Match set in HelmValue().Matches(string.Concat(DocPages.Blocks(page).Where(block => block.Language == "sh").Select(block => block.Text))))
        {
            var place = ManifestReader.Read(Repository.Read("charts/kdoctor/values.yaml")).Documents.Single().ToJson();
            foreach (var part in set.Groups[1].Value.Split('.'))
            {
                // A map that is empty there takes what the user writes.
                if (place is System.Text.Json.Nodes.JsonObject { Count: 0 })
                    break;
                Assert.True(place?.AsObject().ContainsKey(part), $"{page}: values.yaml has no {set.Groups[1].Value}");
                place = place![part];
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Both_languages_say_the_same(string english, string chinese)
    {
        Assert.Equal(DocPages.Headings(english), DocPages.Headings(chinese));
        Assert.Equal(DocPages.Blocks(english), DocPages.Blocks(chinese));
        Assert.Equal(TableRows(english), TableRows(chinese));
        Assert.Equal(Code(english).Except(Code(chinese)), []);
    }

    [Fact]
    public void Every_example_is_shown()
    {
        var readme = DocPages.Text("README.md");
        Assert.All(Repository.Files("examples", ".yaml"), example => Assert.Contains($"]({example})", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_stage_and_cause_has_its_remedy()
    {
        var known = DocPages.Text("docs/usage/troubleshooting.md");
        Assert.All(Enum.GetValues<FailureStage>(), stage => Assert.Contains($"`{FailureWords.Of(stage)}`", known, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<FailureCause>(), cause => Assert.Contains($": {FailureWords.Of(cause)}`", known, StringComparison.Ordinal));
        foreach (Match failure in FailureWord().Matches(known))
        {
            Assert.Contains(failure.Groups["stage"].Value, Enum.GetValues<FailureStage>().Select(FailureWords.Of));
            Assert.Contains(failure.Groups["cause"].Value, Enum.GetValues<FailureCause>().Select(FailureWords.Of));
        }
    }

    [Fact]
    public void Fields_that_the_page_of_reports_names_exist()
    {
        var schema = File.ReadAllText(Repository.Path("docs/reference/kdoctorreport.schema.json"));
        var fields = SchemaField().Matches(schema).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var named = Code("docs/usage/reports.md").Where(word => FieldName().IsMatch(word)).ToList();
        Assert.NotEmpty(named);
        Assert.Empty(named.SelectMany(word => word.Split('.')).Except(fields).Except(Words));
        foreach (var block in DocPages.Blocks("docs/usage/reports.md").Where(block => block.Language == "yaml"))
            Assert.Empty(YamlKey().Matches(block.Text).Select(match => match.Groups[1].Value).Where(key => FieldName().IsMatch(key)).Except(fields));
    }

    // Words in backticks on that page that are values, commands and fields of tasks, not of reports.
    private static readonly HashSet<string> Words =
        ["succeed", "fail", "unknown", "ongoing", "reported", "silent", "late", "kubectl", "planned", "podIP", "qps", "durationInSecond"];

    private static IEnumerable<string> Code(string page) => InlineCode().Matches(DocPages.Prose(page)).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal);

    private static int TableRows(string page) => DocPages.Prose(page).Split('\n').Count(line => line.StartsWith('|'));

    private static string? CommandLineOf(string line)
    {
        var match = KdoctorLine().Match(line);
        return match.Success ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"--set ([A-Za-z.]+)=")]
    private static partial Regex HelmValue();

    [GeneratedRegex(@"^(?:kdoctor|dotnet run --project src/Kdoctor\.Cli --) (.+?)(?: [>|#].*)?$")]
    private static partial Regex KdoctorLine();

    [GeneratedRegex(@"(?<![\w/])(examples|src|tests|docs|bench)(/[\w.-]+)*")]
    private static partial Regex RepositoryFile();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"^\| `(?<stage>[a-z ]+): (?<cause>[a-z ]+)`", RegexOptions.Multiline)]
    private static partial Regex FailureWord();

    [GeneratedRegex("\"(\\w+)\": ?\\{")]
    private static partial Regex SchemaField();

    [GeneratedRegex(@"^[a-z]+(?:[A-Z][A-Za-z0-9]*)*(?:\.[a-zA-Z]+)*$")]
    private static partial Regex FieldName();

    [GeneratedRegex(@"^[ -]*([A-Za-z]\w*):", RegexOptions.Multiline)]
    private static partial Regex YamlKey();
}
