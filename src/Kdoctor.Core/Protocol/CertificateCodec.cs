using Kdoctor.Core.Results;

namespace Kdoctor.Core.Protocol;

/// <summary>A server's certificate to and from its wire form.</summary>
internal static class CertificateCodec
{
    public static CertificateMessage Encode(PeerCertificate certificate)
    {
        var message = new CertificateMessage
        {
            NotBeforeUnixS = certificate.NotBefore.ToUnixTimeSeconds(),
            NotAfterUnixS = certificate.NotAfter.ToUnixTimeSeconds(),
            Names = certificate.Names,
            Connections = certificate.Connections,
        };
        if (certificate.ForAskedName is { } named)
            message.ForAskedName = named;
        return message;
    }

    /// <exception cref="FormatException">A time or a count lies outside its range, or the names are too long.</exception>
    public static PeerCertificate Decode(CertificateMessage message)
    {
        if (message.Connections < 1 || message.Names.Length > PeerCertificate.MaxNamesLength)
            throw new FormatException($"a certificate was shown {message.Connections} times, or its names have {message.Names.Length} characters");
        return new PeerCertificate(
            At(message.NotBeforeUnixS), At(message.NotAfterUnixS), message.Names, message.HasForAskedName ? message.ForAskedName : null, message.Connections);
    }

    private static DateTimeOffset At(long seconds) =>
        seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new FormatException($"a certificate's time is {seconds} s after 1970");
}
