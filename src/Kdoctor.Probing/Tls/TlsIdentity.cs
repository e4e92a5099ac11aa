namespace Kdoctor.Probing.Tls;

/// <summary>The client's certificate and key, from memory into a context.</summary>
internal static unsafe class TlsIdentity
{
    private const int ControlChainCertificate = 89;

    /// <exception cref="ArgumentException">A text cannot be read, one is missing, or they do not belong together. No message holds any of the key.</exception>
    internal static void Use(nint context, ReadOnlySpan<byte> certificatePem, ReadOnlySpan<byte> keyPem)
    {
        if (certificatePem.IsEmpty && keyPem.IsEmpty)
            return;
        if (certificatePem.IsEmpty || keyPem.IsEmpty)
            throw new ArgumentException("a client certificate needs its key, and a key its certificate; one of the two is missing");
        var first = true;
        PemCertificates.Read(certificatePem, "the client certificate", certificate =>
        {
            // The first is the client's own; the rest are its chain, copied by reference count.
            var used = first ? OpenSsl.UseCertificate(context, certificate) == 1 : OpenSsl.ControlContext(context, ControlChainCertificate, 1, certificate) == 1;
            first = false;
            return used;
        });
        UseKey(context, keyPem);
    }

    private static void UseKey(nint context, ReadOnlySpan<byte> pem)
    {
        fixed (byte* bytes = pem)
        {
            var memory = OpenSsl.NewMemory(bytes, pem.Length);

            // An empty passphrase: without one OpenSSL would ask the terminal for an encrypted key's.
            byte nothing = 0;
            var key = OpenSsl.ReadKey(memory, null, 0, &nothing);
            _ = OpenSsl.FreeMemory(memory);
            if (key == 0)
                throw new ArgumentException($"the client key cannot be read as an unencrypted PEM private key: {TlsErrors.Take()}");
            var used = OpenSsl.UseKey(context, key) == 1 && OpenSsl.CheckKey(context) == 1;
            OpenSsl.FreeKey(key);
            if (!used)
                throw new ArgumentException($"the client key does not belong to the client certificate: {TlsErrors.Take()}");
        }
    }
}
