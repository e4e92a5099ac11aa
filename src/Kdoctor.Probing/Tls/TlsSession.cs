using System.Runtime.InteropServices;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Tls;

/// <summary>
/// One TLS connection on a connected, non-blocking descriptor, with the answers of <see cref="StreamSocket"/>: zero or more for success, a negated
/// <see cref="Errno"/>, or <see cref="Broken"/> with a <see cref="Fault"/>. <see cref="Errno.Again"/> means: call again when the descriptor
/// is readable or writable, whichever comes.
/// </summary>
/// <remarks>Owned by one connection of the loop, which closes it; the descriptor stays its owner's.</remarks>
internal sealed unsafe class TlsSession
{
    /// <summary>TLS itself broke; beyond every errno.</summary>
    internal const int Broken = -4096;

    private const int ControlServerName = 55;
    private const int ReasonUnexpectedEnd = 294;

    private readonly TlsContext context;
    private nint handle;
    private bool open;

    // The peer asked for a certificate that there is none of, and has said nothing since.
    private bool refusing;

    /// <exception cref="InvalidOperationException">OpenSSL has no memory for it.</exception>
    internal TlsSession(TlsContext context, int descriptor)
    {
        this.context = context;
        handle = OpenSsl.NewSession(context.Handle);
        if (handle == 0 || OpenSsl.SetDescriptor(handle, descriptor) != 1)
        {
            Close(politely: false);
            throw new InvalidOperationException($"OpenSSL makes no session: {TlsErrors.Take()}");
        }
        fixed (byte* name = context.Indication)
        {
            if (name is not null)
                _ = OpenSsl.ControlSession(handle, ControlServerName, 0, name);
        }
    }

    /// <summary>What broke; null while nothing did.</summary>
    internal TlsFault? Fault { get; private set; }

    /// <summary>Whether the peer's end came without its close_notify, so that what was read may have been cut (RFC 8446 section 6.1).</summary>
    internal bool Truncated { get; private set; }

    /// <summary>Whether the last <see cref="Errno.Again"/> waits for room to write: before anything else was said, for the TCP connection itself.</summary>
    internal bool WantsWrite { get; private set; }

    /// <summary>Goes on with the handshake: 1 when it is done, 0 when the peer closed.</summary>
    internal int Handshake()
    {
        var result = OpenSsl.Connect(handle);
        refusing |= CertificateRequest.Take();
        if (result != 1)
            return Explain(result);
        open = true;
        context.Shown?.Look(handle);
        return 1;
    }

    /// <summary>Reads what one record holds at most; 0 for the peer's end.</summary>
    internal int Receive(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var result = OpenSsl.Read(handle, bytes, buffer.Length);
            if (result <= 0)
                return Explain(result);
            refusing = false;
            return result;
        }
    }

    /// <summary>Writes what it can; after <see cref="Errno.Again"/> the same bytes must come again, though from anywhere.</summary>
    internal int Send(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var result = OpenSsl.Write(handle, bytes, buffer.Length);
            return result > 0 ? result : Explain(result) is var answer and not 0 ? answer : -Errno.BrokenPipe;
        }
    }

    /// <summary>Whether the peer agreed to a protocol (ALPN).</summary>
    internal bool Agreed(ReadOnlySpan<byte> protocol)
    {
        byte* selected;
        uint length;
        OpenSsl.SelectedProtocol(handle, &selected, &length);
        return new ReadOnlySpan<byte>(selected, (int)length).SequenceEqual(protocol);
    }

    /// <summary>Frees everything.</summary>
    /// <param name="politely">Whether a peer that has not ended is told the end (close_notify, RFC 8446 section 6.1).</param>
    internal void Close(bool politely)
    {
        if (handle == 0)
            return;
        if (politely && open && OpenSsl.Shutdown(handle) < 0)
            OpenSsl.ClearErrors();
        OpenSsl.FreeSession(handle);
        handle = 0;
    }

    // SSL_get_error(3): what a call that did not succeed means. Leaves the error queue empty.
    private int Explain(int result)
    {
        var errno = Marshal.GetLastPInvokeError();
        var error = OpenSsl.ErrorOf(handle, result);
        WantsWrite = error == 3;
        if (error is 2 or 3)
            return -Errno.Again;
        open = false;
        var answer = error switch
        {
            6 => 0,
            5 => OfSystem(errno),
            _ => OfLibrary(),
        };
        if (!refusing || answer is not (0 or -Errno.ConnectionReset or -Errno.BrokenPipe))
            return answer;
        Fault = TlsFault.Refusal;
        return Broken;
    }

    private int OfSystem(int errno)
    {
        OpenSsl.ClearErrors();
        if (errno != 0)
            return -errno;
        Truncated = true;
        return 0;
    }

    private int OfLibrary()
    {
        if (!TlsErrors.Take(out var reason, out var text))
            text = "the library gives no reason";
        if (reason == ReasonUnexpectedEnd)
        {
            Truncated = true;
            return 0;
        }
        var verified = OpenSsl.VerifyResult(handle);
        var fault = TlsFault.Of(reason, text, verified, OpenSsl.Text(OpenSsl.VerifyText(verified)), context.Name);
        Fault = refusing ? fault.Refusing() : fault;
        return Broken;
    }
}
