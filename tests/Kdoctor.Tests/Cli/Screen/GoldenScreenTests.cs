using System.Runtime.CompilerServices;
using Xunit;

namespace Kdoctor.Tests.Cli.Screen;

/// <summary>
/// Whole screens beside the text files in <c>Golden</c>. After a wanted change, <c>UPDATE_GOLDEN=1</c> in the environment of this test
/// writes them anew.
/// </summary>
public sealed class GoldenScreenTests
{
    public static TheoryData<string, int> Screenshots() => [.. ScreenReports.All.Keys.SelectMany(name => new (string, int)[] { (name, 80), (name, 120) })];

    [Theory]
    [MemberData(nameof(Screenshots))]
    public void A_screen_is_as_agreed(string name, int width)
    {
        var screen = Screens.Of(ScreenReports.All[name].Value, width);
        Assert.All(screen.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        Compare($"{name}.{width}.txt", screen);
    }

    private static void Compare(string name, string screen, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, screen);
        }
        Assert.True(File.Exists(path), $"{name} is missing: run this test with UPDATE_GOLDEN=1");
        Assert.Equal(File.ReadAllText(path), screen);
    }
}
