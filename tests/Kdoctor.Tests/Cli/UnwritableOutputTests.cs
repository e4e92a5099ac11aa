using System.Text;
using Kdoctor.Cli;
using Xunit;

namespace Kdoctor.Tests.Cli;

/// <summary>
/// A script must not take a full disk for a failed round. Seen red: the library's own handler printed fifteen lines of an exception and ended with 1.
/// </summary>
public sealed class UnwritableOutputTests
{
    [Theory]
    [InlineData("crds")]
    [InlineData("install --dry-run")]
    [InlineData("validate -f -")]
    [InlineData("--help")]
    public async Task An_output_that_cannot_be_written_is_told_in_a_line_and_is_no_verdict(string arguments)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.InvokeAsync(arguments.Split(' '), CliRun.Context() with { Output = new FullDisk(), Error = error });
        Assert.Equal((3, "kdoctor: cannot write to the standard output: No space left on device\n"), (code, error.ToString()));
    }

    [Fact]
    public async Task Where_nobody_can_be_told_the_exit_code_still_says_it() =>
        Assert.Equal(3, await CommandLine.InvokeAsync(["crds"], CliRun.Context() with { Output = new FullDisk(), Error = new FullDisk() }));

    [Fact]
    public async Task What_nobody_foresaw_is_told_whole_and_is_no_verdict()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.InvokeAsync(["validate", "-f", "-"], CliRun.Context() with { Input = new Broken(), Error = error });
        Assert.Equal(3, code);
        Assert.StartsWith("kdoctor: ended by an error that is its own fault; please report it: System.InvalidTimeZoneException: nobody foresaw this", error.ToString(), StringComparison.Ordinal);
    }

    private sealed class FullDisk : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }

    private sealed class Broken : TextReader
    {
        public override int ReadBlock(char[] buffer, int index, int count) => throw new InvalidTimeZoneException("nobody foresaw this");

        public override int ReadBlock(Span<char> buffer) => throw new InvalidTimeZoneException("nobody foresaw this");
    }
}
