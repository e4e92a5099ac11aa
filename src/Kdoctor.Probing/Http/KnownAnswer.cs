namespace Kdoctor.Probing.Http;

/// <summary>
/// The last whole answer of a target that came in one piece, and what it parsed to. Most servers give the same bytes again and again, for a second at least, until
/// their Date moves; the same bytes parse to the same, so they need not be parsed again.
/// </summary>
/// <remarks>Not for answers of whose fields somebody wants to see the values. Holds at most <see cref="MaxBytes"/>; longer answers are parsed each time.</remarks>
internal sealed class KnownAnswer
{
    internal const int MaxBytes = 2048;

    private byte[] bytes = [];
    private int length = -1;

    internal int Status { get; private set; }

    internal long BodyBytes { get; private set; }

    internal bool Persists { get; private set; }

    /// <summary>Whether these bytes are that answer.</summary>
    internal bool Is(ReadOnlySpan<byte> answer) => answer.Length == length && answer.SequenceEqual(bytes.AsSpan(0, length));

    /// <summary>Keeps an answer whose last byte is the last of <paramref name="answer"/>, as <paramref name="parser"/> understood it.</summary>
    internal void Remember(ReadOnlySpan<byte> answer, AnswerParser parser)
    {
        if (answer.Length > MaxBytes)
            return;
        if (bytes.Length < answer.Length)
            bytes = new byte[answer.Length];
        answer.CopyTo(bytes);
        length = answer.Length;
        (Status, BodyBytes, Persists) = (parser.Status, parser.BodyBytes, parser.Persists);
    }
}
