using System.Text.RegularExpressions;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.House;

/// <summary>The Dockerfiles say what eng/images.sh makes, with its names, paths, user and environment. Nothing here builds them.</summary>
public sealed partial class DockerfileTests
{
    [Theory]
    [InlineData("agent")]
    [InlineData("controller")]
    public void A_Dockerfile_makes_the_image_of_the_script(string part)
    {
        var file = Repository.Read($"deploy/docker/{part}.Dockerfile");
        var script = Repository.Read("eng/images.sh");
        var name = $"kdoctor-{part}";

        // The script takes the name, leaves the root file system where the second stage copies it from, and its settings where the first removes them.
        Assert.Contains($"[{name}]=", script, StringComparison.Ordinal);
        Assert.Contains("root=$PWD/out/images/$name\n", script, StringComparison.Ordinal);
        Assert.Contains(">\"$root/image.env\"", script, StringComparison.Ordinal);
        Assert.Contains($"RUN cd /source && eng/images.sh {name} && rm out/images/{name}/image.env\n", file, StringComparison.Ordinal);
        Assert.Contains($"COPY --from=build /source/out/images/{name}/ /\n", file, StringComparison.Ordinal);

        var uid = Uid().Match(script).Groups[1].Value;
        Assert.Contains($"\nUSER {uid}:{uid}\nCMD [\"/{name}\"]\n", file, StringComparison.Ordinal);
        var branch = part == "agent" ? 0 : 1;
        var variables = Variables().Matches(script)[branch].Groups[1].Value.Split(',').Select(variable => variable.Trim('"'));
        Assert.Equal($"ENV {string.Join(' ', variables)}", file.Split('\n').Single(line => line.StartsWith("ENV ", StringComparison.Ordinal)));
        Assert.Contains($"-f deploy/docker/{part}.Dockerfile -t kdoctor/{name}:{Version().Match(Repository.Read("Directory.Build.props")).Groups[1].Value} .", file, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_build_reads_is_not_left_out_of_its_context()
    {
        string[] ignored = [.. Repository.Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#')).Select(line => line.Trim('/'))];
        foreach (var needed in (string[])["src", "eng", "deploy", "Directory.Build.props", "Directory.Packages.props", "global.json", "BannedSymbols.txt", ".editorconfig"])
        {
            Assert.True(Path.Exists(Repository.Path(needed)), needed);
            Assert.DoesNotContain(needed, ignored);
        }
    }

    [GeneratedRegex(@"^uid=(\d+)$", RegexOptions.Multiline)]
    private static partial Regex Uid();

    [GeneratedRegex(@"environment='\[(.*)\]'")]
    private static partial Regex Variables();

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex Version();
}
