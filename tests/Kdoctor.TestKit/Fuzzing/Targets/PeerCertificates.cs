using Kdoctor.Core.Results;
using Kdoctor.Probing.Tls;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>Certificates of servers that nobody verifies: told in plain words, or left aside.</summary>
public static class PeerCertificates
{
    public static FuzzTarget Target { get; } = new("peer-certificate", Takes, Seeds);

    private static bool Takes(byte[] bytes)
    {
        var read = CertificateReader.Read(bytes, isForName: null);
        Assert.False(TlsErrors.Take(out _, out _), "an error was left for the next connection to find");
        if (read is null)
            return false;
        Assert.InRange(read.Names.Length, 1, PeerCertificate.MaxNamesLength);
        Assert.DoesNotContain(read.Names, letter => letter is < ' ' or > '~');
        return true;
    }

    private static IEnumerable<byte[]> Seeds()
    {
        using var authority = new TestAuthority();
        using var plain = authority.Issue(["one.test", "10.9.8.7"]);
        using var many = authority.Issue([.. Enumerable.Range(0, 20).Select(place => $"host-{place}.one.test")]);
        return [plain.RawData, many.RawData];
    }
}
