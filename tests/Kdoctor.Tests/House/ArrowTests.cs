using System.Xml.Linq;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.House;

/// <summary>The arrows between projects, as ARCHITECTURE.md draws them.</summary>
public sealed class ArrowTests
{
    [Theory]
    [InlineData("Core", "")]
    [InlineData("Probing", "Core")]
    [InlineData("ApiServer", "")]
    [InlineData("Agent", "Core Probing")]
    [InlineData("Controller", "ApiServer Core")]
    [InlineData("Cli", "Agent ApiServer Controller Core Probing")]
    public void A_project_references_just_what_the_design_allows(string project, string allowed)
    {
        Assert.Equal(allowed, string.Join(' ', ProjectReferences(project).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Every_source_project_has_its_arrows_asserted()
    {
        var projects = Directory.GetDirectories(Repository.Path("src")).Select(folder => Path.GetFileName(folder)!.Replace("Kdoctor.", "", StringComparison.Ordinal));
        Assert.Equal(["Agent", "ApiServer", "Cli", "Controller", "Core", "Probing"], projects.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_controller_never_opens_a_probe_socket() => Assert.DoesNotContain("Probing", Reachable("Controller"));

    [Theory]
    [InlineData("Agent")]
    [InlineData("Probing")]
    [InlineData("Core")]
    public void What_runs_in_an_agent_never_holds_a_kubernetes_client(string project)
    {
        var packages = Reachable(project).Append(project).SelectMany(Packages).ToList();
        Assert.DoesNotContain(packages, package => package.Contains("Kubernetes", StringComparison.OrdinalIgnoreCase));
        Assert.NotEmpty(packages);
    }

    [Fact]
    public void The_core_opens_no_socket_and_starts_no_process()
    {
        foreach (var file in Repository.Files("src/Kdoctor.Core", ".cs"))
        {
            var text = File.ReadAllText(Repository.Path(file));
            foreach (var forbidden in new[] { "System.Net.Sockets", "System.Net.Http", "System.Diagnostics.Process", "using k8s" })
                Assert.False(text.Contains(forbidden, StringComparison.Ordinal), $"{file} names {forbidden}");
        }
    }

    private static HashSet<string> Reachable(string project)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        foreach (var next in ProjectReferences(project))
        {
            reached.Add(next);
            reached.UnionWith(Reachable(next));
        }
        return reached;
    }

    private static IEnumerable<string> ProjectReferences(string project) => Items(project, "ProjectReference")
        .Select(path => Path.GetFileNameWithoutExtension(path).Replace("Kdoctor.", "", StringComparison.Ordinal));

    private static IEnumerable<string> Packages(string project) => Items(project, "PackageReference");

    private static IEnumerable<string> Items(string project, string item) => XDocument
        .Load(Repository.Path("src", $"Kdoctor.{project}", $"Kdoctor.{project}.csproj"))
        .Descendants(item)
        .Select(element => element.Attribute("Include")!.Value);
}
