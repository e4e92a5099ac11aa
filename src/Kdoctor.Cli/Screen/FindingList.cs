using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Screen;

/// <summary>What the failures point at, each with its evidence; a round that succeeds may have findings too.</summary>
internal static class FindingList
{
    private const int Most = 10;

    public static void Print(Page page, IReadOnlyList<FindingReport> findings, bool succeeded)
    {
        if (findings.Count == 0)
            return;
        page.Heading(succeeded ? "what stands out all the same" : "what the failures point at");
        foreach (var finding in findings.Take(Most))
        {
            page.Wrapped(2, 6, Span.Strong(SafeText.Of(finding.Component)));
            page.Wrapped(6, 6, Span.Plain(SafeText.Of(finding.Evidence)));
        }
        if (findings.Count > Most)
            page.Wrapped(2, 2, Span.Plain($"and {findings.Count - Most} more in the report"));
    }
}
