using System.Text;

namespace Kdoctor.Core.Arguments;

/// <summary>A command's standard output, which says of itself that it cannot be written: a full disk is told apart from all else that fails.</summary>
/// <param name="inner">What is written to; it stays open.</param>
public sealed class StandardOutput(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error)
        {
            throw new OutputException(error);
        }
    }
}

/// <summary>The standard output cannot be written: its disk is full, say.</summary>
/// <param name="error">The system's own words.</param>
public sealed class OutputException(IOException error) : Exception($"cannot write to the standard output: {error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}", error);
