using System.Runtime.InteropServices;

namespace Kdoctor.Probing.Tls;

/// <summary>
/// The calls of OpenSSL's libssl and libcrypto (3.x or 1.1.1) that a TLS client on its own sockets needs, by the names and numbers of their manual
/// pages (docs.openssl.org). The platform's streams are left aside: they own their buffers and tasks, and an event loop has neither to give.
/// </summary>
internal static unsafe partial class OpenSsl
{
    private const string Ssl = "libssl";
    private const string Crypto = "libcrypto";

    [LibraryImport(Crypto, EntryPoint = "OpenSSL_version_num")]
    internal static partial nuint VersionNumber();

    [LibraryImport(Ssl, EntryPoint = "OPENSSL_init_ssl")]
    internal static partial int Initialize(ulong options, nint settings);

    [LibraryImport(Ssl, EntryPoint = "TLS_client_method")]
    internal static partial nint ClientMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    internal static partial nint NewContext(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    internal static partial nint ControlContext(nint context, int command, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    internal static partial ulong SetContextOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    internal static partial void SetContextVerify(nint context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_protos")]
    internal static partial int SetContextProtocols(nint context, byte* protocols, uint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_get_cert_store")]
    internal static partial nint ContextStore(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_get0_param")]
    internal static partial nint ContextParameters(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate")]
    internal static partial int UseCertificate(nint context, nint certificate);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey")]
    internal static partial int UseKey(nint context, nint key);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_check_private_key")]
    internal static partial int CheckKey(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_client_cert_cb")]
    internal static partial void SetCertificateCallback(nint context, delegate* unmanaged<nint, nint*, nint*, int> asked);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    internal static partial nint NewSession(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    internal static partial void FreeSession(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_fd")]
    internal static partial int SetDescriptor(nint session, int descriptor);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    internal static partial nint ControlSession(nint session, int command, nint number, byte* pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_connect", SetLastError = true)]
    internal static partial int Connect(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_read", SetLastError = true)]
    internal static partial int Read(nint session, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_write", SetLastError = true)]
    internal static partial int Write(nint session, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    internal static partial int Shutdown(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    internal static partial int ErrorOf(nint session, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_verify_result")]
    internal static partial nint VerifyResult(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_peer_cert_chain")]
    internal static partial nint PeerChain(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_alpn_selected")]
    internal static partial void SelectedProtocol(nint session, byte** protocol, uint* length);

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    internal static partial nuint NextError();

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    internal static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    internal static partial byte* ReasonText(nuint error);

    [LibraryImport(Crypto, EntryPoint = "X509_verify_cert_error_string")]
    internal static partial byte* VerifyText(nint result);

    [LibraryImport(Crypto, EntryPoint = "BIO_new_mem_buf")]
    internal static partial nint NewMemory(byte* bytes, int length);

    [LibraryImport(Crypto, EntryPoint = "BIO_free")]
    internal static partial int FreeMemory(nint memory);

    [LibraryImport(Crypto, EntryPoint = "PEM_read_bio_X509")]
    internal static partial nint ReadCertificate(nint memory, nint* certificate, nint callback, byte* passphrase);

    [LibraryImport(Crypto, EntryPoint = "PEM_read_bio_PrivateKey")]
    internal static partial nint ReadKey(nint memory, nint* key, nint callback, byte* passphrase);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_value")]
    internal static partial nint StackValue(nint stack, int index);

    [LibraryImport(Crypto, EntryPoint = "X509_up_ref")]
    internal static partial int KeepCertificate(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "X509_cmp")]
    internal static partial int CompareCertificates(nint certificate, nint other);

    [LibraryImport(Crypto, EntryPoint = "X509_check_host")]
    internal static partial int CheckHost(nint certificate, byte* name, nuint length, uint flags, nint matched);

    [LibraryImport(Crypto, EntryPoint = "i2d_X509")]
    internal static partial int WriteCertificate(nint certificate, byte** der);

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    internal static partial void FreeCertificate(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_free")]
    internal static partial void FreeKey(nint key);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_add_cert")]
    internal static partial int AddAuthority(nint store, nint certificate);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set_flags")]
    internal static partial int SetVerifyFlags(nint parameters, nuint flags);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set1_host")]
    internal static partial int SetVerifyHost(nint parameters, byte* name, nuint length);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set1_ip")]
    internal static partial int SetVerifyAddress(nint parameters, byte* address, nuint length);

    internal static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
