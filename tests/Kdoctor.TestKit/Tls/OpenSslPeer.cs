using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Probing.Tls;

namespace Kdoctor.TestKit.Tls;

/// <summary>
/// A TLS server by OpenSSL's own hand, which sends the alerts that the platform's streams leave out; it answers one request per connection with 200.
/// </summary>
public sealed unsafe partial class OpenSslPeer : IDisposable
{
    private const int RequireCertificate = 1 | 2;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly nint context;
    private readonly Thread thread;

    /// <param name="certificate">The server's own.</param>
    /// <param name="version">The only version spoken, for example 0x0303 for TLS 1.2.</param>
    /// <param name="clientAuthority">In PEM, who must vouch for clients; empty for no client certificates.</param>
    public OpenSslPeer(X509Certificate2 certificate, int version, ReadOnlySpan<byte> clientAuthority)
    {
        OpenSslLibrary.Require();
        context = OpenSsl.NewContext(ServerMethod());
        _ = OpenSsl.ControlContext(context, 123, version, 0);
        _ = OpenSsl.ControlContext(context, 124, version, 0);
        var pem = TestAuthority.PemOf(certificate);
        TlsIdentity.Use(context, pem.Certificate, pem.Key);
        if (!clientAuthority.IsEmpty)
        {
            PemCertificates.Read(clientAuthority, "the clients' authority", authority => OpenSsl.AddAuthority(OpenSsl.ContextStore(context), authority) == 1);
            OpenSsl.SetContextVerify(context, RequireCertificate, 0);
        }
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(64);
        thread = new Thread(Serve) { IsBackground = true, Name = "openssl peer" };
        thread.Start();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        listener.Dispose();
        thread.Join();
        OpenSsl.FreeContext(context);
    }

    [LibraryImport("libssl.so.3", EntryPoint = "TLS_server_method")]
    private static partial nint ServerMethod();

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_accept")]
    private static partial int Accept(nint session);

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var socket = listener.Accept();
                Answer(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer was disposed.
        }
    }

    private void Answer(Socket socket)
    {
        var session = OpenSsl.NewSession(context);
        _ = OpenSsl.SetDescriptor(session, (int)socket.Handle);
        var request = stackalloc byte[4096];
        if (Accept(session) == 1 && OpenSsl.Read(session, request, 4096) > 0)
        {
            fixed (byte* answer = "HTTP/1.1 204 No Content\r\n\r\n"u8)
                _ = OpenSsl.Write(session, answer, 27);
        }
        _ = OpenSsl.Shutdown(session);
        OpenSsl.ClearErrors();

        // Unread bytes would turn the close into a reset, and the reset would overtake the alert.
        socket.Shutdown(SocketShutdown.Send);
        while (socket.Receive(new Span<byte>(request, 4096)) > 0)
        {
        }
        OpenSsl.FreeSession(session);
    }
}
