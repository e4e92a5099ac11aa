namespace Kdoctor.Probing.Tls;

/// <summary>Reads certificates out of PEM text (RFC 7468).</summary>
internal static unsafe class PemCertificates
{
    /// <summary>The most certificates that one text may hold: a system's whole bundle has about 150.</summary>
    internal const int MaxCertificates = 1000;

    /// <summary>Hands each certificate to <paramref name="use"/>, which answers whether it was taken; it is freed afterwards.</summary>
    /// <exception cref="ArgumentException">There is none, there are too many, or one cannot be read or used.</exception>
    internal static void Read(ReadOnlySpan<byte> pem, string what, Func<nint, bool> use)
    {
        fixed (byte* bytes = pem)
        {
            var memory = OpenSsl.NewMemory(bytes, pem.Length);
            try
            {
                var count = 0;
                while (OpenSsl.ReadCertificate(memory, null, 0, null) is var certificate and not 0)
                {
                    var used = ++count <= MaxCertificates && use(certificate);
                    OpenSsl.FreeCertificate(certificate);
                    if (!used)
                        throw new ArgumentException($"certificate {count} of {what} cannot be used: {TlsErrors.Take()}");
                }

                // The text's end is an error too ("no start line"), the only one that is none.
                var end = TlsErrors.Take(out var reason, out var text) && reason == 108;
                if (count == 0 || !end)
                    throw new ArgumentException($"{what} cannot be read as PEM certificates: {(text.Length == 0 ? "there is none" : text)} (after {count})");
            }
            finally
            {
                _ = OpenSsl.FreeMemory(memory);
            }
        }
    }
}
