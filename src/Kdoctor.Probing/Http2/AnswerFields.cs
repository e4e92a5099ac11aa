using System.Buffers;
using System.Buffers.Text;
using Kdoctor.Probing.Http;

namespace Kdoctor.Probing.Http2;

/// <summary>
/// The fields of one header block of an answer, held against RFC 9113 section 8: <c>:status</c> first and alone among pseudo-header fields, names in
/// lower case, nothing that belongs to an HTTP/1.1 connection, one Content-Length. Trailers have no pseudo-header field.
/// </summary>
internal sealed class AnswerFields : IFieldObserver
{
    // token of RFC 9110 section 5.6.2, without upper case
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    private IFieldObserver? observer;
    private bool trailers;
    private bool ignored;

    /// <summary>What is malformed; null while nothing is.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The status code; 0 without one.</summary>
    internal int Status { get; private set; }

    /// <summary>Content-Length; null without one.</summary>
    internal long? Length { get; private set; }

    /// <summary>Begins a block of a stream that nobody waits for any more: it is only read so that the table is right.</summary>
    internal void BeginIgnored() => (ignored, observer, Problem, Status) = (true, null, null, 0);

    internal void Begin(IFieldObserver evidence, bool isTrailers)
    {
        (observer, trailers, ignored) = (evidence, isTrailers, false);
        (Problem, Status, Length) = (null, 0, null);
    }

    public void OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!ignored && Problem is null)
            Problem = Take(name, value);
    }

    private string? Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.Length > 0 && name[0] == ':')
            return trailers || Status != 0 || !name.SequenceEqual(":status"u8) ? "a pseudo-header field that an answer does not have, or has already" : TakeStatus(value);
        if (name.IsEmpty || name.IndexOfAnyExcept(NameBytes) >= 0)
            return "a header's name is not in lower case, or no name";
        if (FieldLine.HasControls(value))
            return "a header's value holds a control character";
        if (!trailers && Status == 0)
            return "the answer does not begin with its status";
        if (name.Length is 7 or 10 or 16 or 17 && IsOfConnection(name))
            return "the answer has a field that belongs to HTTP/1.1 connections";
        if (!trailers && name.SequenceEqual("content-length"u8))
            return TakeLength(value);
        if (!trailers && Status >= 200)
            observer!.OnField(name, value);
        return null;
    }

    private string? TakeStatus(ReadOnlySpan<byte> value)
    {
        if (value.Length != 3 || value[0] is < (byte)'1' or > (byte)'9' || !char.IsAsciiDigit((char)value[1]) || !char.IsAsciiDigit((char)value[2]))
            return "the status code is not three digits";
        Status = ((value[0] - '0') * 100) + ((value[1] - '0') * 10) + value[2] - '0';
        return Status == 101 ? "the answer changes the protocol, which HTTP/2 does not have" : null;
    }

    private string? TakeLength(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value.Length > 18 || value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || !Utf8Parser.TryParse(value, out long length, out _))
            return "Content-Length is not a number";
        if (Length is { } other && other != length)
            return "the answer has two different Content-Lengths";
        Length = length;
        return null;
    }

    private static bool IsOfConnection(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("connection"u8) || name.SequenceEqual("keep-alive"u8) || name.SequenceEqual("proxy-connection"u8)
        || name.SequenceEqual("transfer-encoding"u8) || name.SequenceEqual("upgrade"u8);
}
