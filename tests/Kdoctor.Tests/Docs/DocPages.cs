using System.Text.RegularExpressions;
using Kdoctor.TestKit;

namespace Kdoctor.Tests.Docs;

/// <summary>The pages that users read, and what stands in them.</summary>
internal static partial class DocPages
{
    /// <summary>Each English page with its Chinese one.</summary>
    public static IReadOnlyList<(string English, string Chinese)> Pairs { get; } =
    [
        ("README.md", "README.zh-CN.md"),
        .. Repository.Files("docs/usage", ".md").Select(page => (page, page.Replace("docs/", "docs/zh-CN/", StringComparison.Ordinal))),
    ];

    /// <summary>All of them, with those for contributors.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Pairs.SelectMany(pair => new[] { pair.English, pair.Chinese }), "CONTRIBUTING.md"];

    public static string Text(string page) => File.ReadAllText(Repository.Path(page));

    /// <summary>The fenced blocks of a page, in order.</summary>
    public static IReadOnlyList<DocBlock> Blocks(string page) =>
        [.. Fence().Matches(Text(page)).Select(match => new DocBlock(match.Groups["language"].Value, match.Groups["text"].Value))];

    /// <summary>The page without its blocks.</summary>
    public static string Prose(string page) => Fence().Replace(Text(page), "");

    /// <summary>How deep each heading is, in order.</summary>
    public static IReadOnlyList<int> Headings(string page) => [.. Heading().Matches(Prose(page)).Select(match => match.Groups["marks"].Length)];

    [GeneratedRegex(@"^```(?<language>[a-z]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^(?<marks>#+) ", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

/// <summary>A fenced block.</summary>
/// <param name="Language">What stands behind the fence: <c>yaml</c>, <c>sh</c> and so on.</param>
/// <param name="Text">Its lines.</param>
internal sealed record DocBlock(string Language, string Text);
