using System.Runtime.InteropServices;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Tls;

/// <summary>
/// A client's TCP connection, with TLS on it once it is asked for. Every call answers as <see cref="StreamSocket"/> and <see cref="TlsSession"/> do;
/// <see cref="FailureOf"/> says what a negative answer means.
/// </summary>
/// <remarks>Used again for one connection after the other. On the loop's thread only; the owner watches the descriptor.</remarks>
internal sealed class ClientStream
{
    private TlsSession? tls;

    /// <summary>The descriptor; negative while there is none.</summary>
    internal int Descriptor { get; private set; } = -1;

    /// <summary>Whether TLS is on it: then one read gives one record, and bytes may wait where no descriptor shows them: read until <see cref="Errno.Again"/>.</summary>
    internal bool HasTls => tls is not null;

    /// <summary>Whether the peer's end came without its close_notify.</summary>
    internal bool Truncated => tls is { Truncated: true };

    /// <summary>Begins a connection: 0 when it is under way.</summary>
    internal int Connect(KernelAddress address, KernelAddress? source)
    {
        var answer = Descriptor = StreamSocket.Open(address.Family);
        if (answer >= 0 && source is not null)
            answer = StreamSocket.BindSource(Descriptor, source);
        if (answer >= 0)
            answer = StreamSocket.Connect(Descriptor, address);
        return answer is -Errno.InProgress or -Errno.Interrupted ? 0 : Math.Min(answer, 0);
    }

    /// <summary>Begins the handshake or goes on with it: 1 when it is done, 0 when the peer closed instead.</summary>
    internal int Secure(TlsContext context) => (tls ??= new TlsSession(context, Descriptor)).Handshake();

    /// <summary>Whether TCP was connected when <see cref="Secure"/> gave this answer: what it says is then the handshake's.</summary>
    internal bool HadTcp(int answer) => answer switch
    {
        -Errno.Again => tls is { WantsWrite: false },
        -Errno.ConnectionReset or -Errno.BrokenPipe or TlsSession.Broken => true,
        _ => answer >= 0,
    };

    internal bool Agreed(ReadOnlySpan<byte> protocol) => tls is { } session && session.Agreed(protocol);

    internal int Send(ReadOnlySpan<byte> bytes) => tls is { } session ? session.Send(bytes) : StreamSocket.Send(Descriptor, bytes);

    internal int Receive(Span<byte> buffer) => tls is { } session ? session.Receive(buffer) : StreamSocket.Receive(Descriptor, buffer);

    /// <summary>The failure behind a negative answer, for a connection that had come to <paramref name="now"/>.</summary>
    internal Failure FailureOf(int answer, FailureStage now) =>
        answer == TlsSession.Broken && tls?.Fault is { } fault ? fault.At(now) : new Failure(now, SocketFailure.CauseOf(-answer));

    /// <summary>What broke TLS, in words; null while nothing did.</summary>
    internal string? FaultText => tls?.Fault?.Text;

    /// <summary>A negative answer in words.</summary>
    internal string Describe(int answer) =>
        answer == TlsSession.Broken && FaultText is { } text ? text : Marshal.GetPInvokeErrorMessage(-answer);

    /// <summary>Frees and closes what there is.</summary>
    internal void Close(EventLoop loop, bool politely)
    {
        tls?.Close(politely);
        tls = null;
        if (Descriptor >= 0)
            loop.Close(Descriptor);
        Descriptor = -1;
    }
}
