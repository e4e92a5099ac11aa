using System.Runtime.InteropServices;

namespace Kdoctor.Probing.Tls;

/// <summary>Notes that a server asks for a client certificate where there is none to give (SSL_CTX_set_client_cert_cb(3)).</summary>
/// <remarks>The library calls back on the thread that goes on with the handshake, within that call.</remarks>
internal static unsafe class CertificateRequest
{
    [ThreadStatic]
    private static bool asked;

    /// <summary>Has sessions of this context noticed; for contexts without a client certificate of their own.</summary>
    internal static void Watch(nint context) => OpenSsl.SetCertificateCallback(context, &Asked);

    /// <summary>Whether a server asked since this was last called on this thread.</summary>
    internal static bool Take()
    {
        var was = asked;
        asked = false;
        return was;
    }

    // 0: there is none, and the handshake goes on with an empty list.
    [UnmanagedCallersOnly]
    private static int Asked(nint session, nint* certificate, nint* key)
    {
        asked = true;
        return 0;
    }
}
