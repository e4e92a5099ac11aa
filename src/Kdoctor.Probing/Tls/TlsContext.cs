using System.Net;
using System.Text;
using Kdoctor.Core.Planning;

namespace Kdoctor.Probing.Tls;

/// <summary>
/// What all TLS connections to one target share: versions, authorities, the name to verify, the client's certificate and the protocols offered.
/// Sessions are never resumed: each connection shows a full handshake, certificates included; a resumed one would hide a certificate
/// that has expired or been replaced since, and a server that can no longer sign.
/// </summary>
internal sealed unsafe class TlsContext : IDisposable
{
    private const int ControlMode = 33;
    private const int ControlReadAhead = 41;
    private const int ControlSessionCache = 44;
    private const int ControlMinimum = 123;
    private const int Tls12 = 0x0303;
    private const ulong NoTicket = 1UL << 14;

    // Partial writes, and a write's buffer may move between attempts: the loop's buffer is everyone's.
    private const nint PartialMovingWrites = 1 | 2;
    private const nuint PartialChain = 0x80000;

    private readonly byte[] indication;

    /// <param name="plan">What is asked.</param>
    /// <param name="host">The target's host, verified and indicated where the plan gives no name.</param>
    /// <param name="protocol">The one protocol offered (ALPN), for example <c>h2</c>.</param>
    /// <exception cref="ArgumentException">A PEM text cannot be read, or certificate and key do not belong together.</exception>
    /// <exception cref="DllNotFoundException">The machine has no OpenSSL.</exception>
    internal TlsContext(TlsPlan plan, string host, string protocol)
    {
        OpenSslLibrary.Require();
        Name = (plan.ServerName ?? host).TrimEnd('.');
        var literal = IPAddress.TryParse(Name.Trim('[', ']'), out var address);

        // RFC 6066 section 3: addresses are not indicated.
        indication = literal ? [] : [.. Encoding.ASCII.GetBytes(Name), 0];
        Handle = OpenSsl.NewContext(OpenSsl.ClientMethod());
        if (Handle == 0)
            throw new InvalidOperationException($"OpenSSL makes no context: {TlsErrors.Take()}");
        try
        {
            _ = OpenSsl.ControlContext(Handle, ControlMinimum, Tls12, 0);
            _ = OpenSsl.ControlContext(Handle, ControlMode, PartialMovingWrites, 0);
            _ = OpenSsl.ControlContext(Handle, ControlReadAhead, 1, 0);
            _ = OpenSsl.ControlContext(Handle, ControlSessionCache, 0, 0);
            OpenSsl.SetContextOptions(Handle, NoTicket);
            Offer(protocol);
            if (plan.Verifies)
                Verify(plan.AuthoritiesPem.Span, literal ? address : null);
            else
                OpenSsl.SetContextVerify(Handle, 0, 0);
            Shown = plan.Verifies ? null : new ShownCertificates(literal ? null : Name);
            TlsIdentity.Use(Handle, plan.CertificatePem.Span, plan.KeyPem.Span);
            if (plan.CertificatePem.IsEmpty)
                CertificateRequest.Watch(Handle);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal nint Handle { get; private set; }

    /// <summary>The name verified, when there is verification.</summary>
    internal string Name { get; }

    /// <summary>What peers showed; null where they are verified, so that what a connection was made to has shown what is wanted.</summary>
    internal ShownCertificates? Shown { get; }

    /// <summary>The name indicated, with its closing zero; empty for none.</summary>
    internal ReadOnlySpan<byte> Indication => indication;

    public void Dispose()
    {
        Shown?.Dispose();

        // Sessions that still live hold their own reference.
        if (Handle != 0)
            OpenSsl.FreeContext(Handle);
        Handle = 0;
    }

    private void Offer(string protocol)
    {
        byte[] list = [(byte)protocol.Length, .. Encoding.ASCII.GetBytes(protocol)];
        fixed (byte* bytes = list)
        {
            if (OpenSsl.SetContextProtocols(Handle, bytes, (uint)list.Length) != 0)
                throw new InvalidOperationException($"OpenSSL does not take the protocol {protocol}: {TlsErrors.Take()}");
        }
    }

    private void Verify(ReadOnlySpan<byte> authorities, IPAddress? address)
    {
        PemCertificates.Read(authorities, "the authorities", certificate => OpenSsl.AddAuthority(OpenSsl.ContextStore(Handle), certificate) == 1);
        var parameters = OpenSsl.ContextParameters(Handle);
        _ = OpenSsl.SetVerifyFlags(parameters, PartialChain);
        var name = address?.GetAddressBytes() ?? Encoding.ASCII.GetBytes(Name);
        fixed (byte* bytes = name)
        {
            var set = address is null ? OpenSsl.SetVerifyHost(parameters, bytes, (nuint)name.Length) : OpenSsl.SetVerifyAddress(parameters, bytes, (nuint)name.Length);
            if (set != 1)
                throw new ArgumentException($"'{Name}' cannot be a certificate's name: {TlsErrors.Take()}");
        }
        OpenSsl.SetContextVerify(Handle, 1, 0);
    }
}
