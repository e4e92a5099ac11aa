using CsCheck;
using Kdoctor.Cli.Screen;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.Tests.Cli.Screen;

public sealed class PageTests
{
    [Fact]
    public void Wrapped_text_fits_and_keeps_every_character() => Gen.Select(Gen.String[Gen.Char["abcdefg ,:日本é"], 0, 300], Gen.Int[24, 100], Gen.Int[0, 4], Gen.Int[0, 8]).Sample((text, width, indent, hanging) =>
    {
        var screen = Screens.On(width, false, console => new Page(console).Wrapped(indent, hanging, Span.Plain(text[..(text.Length / 2)]), Span.Strong(text[(text.Length / 2)..])));
        Assert.All(screen.Split('\n'), line => Assert.InRange(Page.Cells(line), 0, width));
        Assert.Equal(Letters(text), Letters(screen));
    }, iter: 500);

    [Fact]
    public void Clipped_text_fits_and_keeps_both_ends() => Gen.Select(Gen.String[Gen.Char["abc-日本"], 0, 60], Gen.Int[6, 40]).Sample((text, cells) =>
    {
        var clipped = Page.Clip(text, cells);
        Assert.InRange(Page.Cells(clipped), 0, cells);
        if (Page.Cells(text) > cells)
        {
            var parts = clipped.Split("..");
            Assert.True(text.StartsWith(parts[0], StringComparison.Ordinal) && text.EndsWith(parts[^1], StringComparison.Ordinal));
        }
    }, iter: 500);

    [Theory]
    [InlineData(null, "-")]
    [InlineData(0.0000004, "0.000000")]
    [InlineData(0.0004, "0.000400")]
    [InlineData(0.2134, "0.213")]
    [InlineData(12.345, "12.35")]
    [InlineData(123.45, "123.5")]
    [InlineData(1500.4, "1,500")]
    public void Milliseconds_keep_the_digits_that_matter(double? value, string text) => Assert.Equal(text, ScreenNumbers.Milliseconds(value));

    [Theory]
    [InlineData(null, "-")]
    [InlineData(1.0, "100 %")]
    [InlineData(0.99999, "99.9 %")]
    [InlineData(0.91, "91 %")]
    [InlineData(0.00001, "0.1 %")]
    [InlineData(0.0, "0 %")]
    public void Only_the_whole_reads_as_100_percent(double? share, string text) => Assert.Equal(text, ScreenNumbers.Percent(share));

    private static string Letters(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
