using Kdoctor.Probing.Tls;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Tls;

public sealed class CertificateReaderTests
{
    [Fact]
    public void What_a_terminal_would_obey_is_not_told()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(["one.test"]);
        var der = certificate.RawData;
        var at = der.AsSpan().LastIndexOf("one.test"u8);
        der[at + 3] = 0x1b;
        Assert.Equal("one?test", CertificateReader.Read(der, isForName: null)?.Names);
    }

    [Fact]
    public void What_is_no_certificate_is_left_aside() => Assert.Null(CertificateReader.Read([0x30, 0x03, 0x02, 0x01, 0x01], isForName: true));
}
