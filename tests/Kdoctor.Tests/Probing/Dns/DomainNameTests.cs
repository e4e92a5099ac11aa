using System.Text;
using CsCheck;
using Kdoctor.Probing.Dns;
using Xunit;

namespace Kdoctor.Tests.Probing.Dns;

public sealed class DomainNameTests
{
    [Theory]
    [InlineData("example.test", "\aexample\u0004test\0")]
    [InlineData("example.test.", "\aexample\u0004test\0")]
    [InlineData("_dns._udp.Example", "\u0004_dns\u0004_udp\aExample\0")]
    [InlineData(".", "\0")]
    [InlineData("bücher.example", "\u000dxn--bcher-kva\aexample\0")]
    [InlineData("BÜCHER.example", "\u000dxn--bcher-kva\aexample\0")]
    public void A_name_becomes_its_labels(string text, string wire) => Assert.Equal(Encoding.Latin1.GetBytes(wire), DomainName.ToWire(text));

    [Theory]
    [InlineData("", "the name is empty; '.' is the root")]
    [InlineData("a..b", "'a..b' has a label of 0 octets; each has 1 to 63")]
    [InlineData("..", "'..' has a label of 0 octets; each has 1 to 63")]
    [InlineData("a b", "'a b' has a character that no name may have here: blanks, control characters and backslashes")]
    [InlineData("a\\.b", "'a\\.b' has a character that no name may have here: blanks, control characters and backslashes")]
    public void What_is_no_name_is_refused_with_a_reason(string text, string reason) =>
        Assert.Equal(reason, Assert.Throws<FormatException>(() => DomainName.ToWire(text)).Message);

    [Fact]
    public void A_label_has_63_octets_and_a_name_255()
    {
        var label = new string('a', 63);
        Assert.Equal(65, DomainName.ToWire(label).Length);
        Assert.Throws<FormatException>(() => DomainName.ToWire(label + "a"));

        // Three labels of 63 and one of 61: 3 * 64 + 62 + 1 = 255.
        var longest = $"{label}.{label}.{label}.{label[..61]}";
        Assert.Equal(255, DomainName.ToWire(longest).Length);
        Assert.Equal(255, DomainName.ToWire(longest + ".").Length);
        Assert.Throws<FormatException>(() => DomainName.ToWire($"{label}.{label}.{label}.{label[..62]}"));
    }

    [Fact]
    public void Every_text_gives_a_valid_name_or_a_format_error() => Gen.String[0, 300].Sample(text =>
    {
        byte[] wire;
        try
        {
            wire = DomainName.ToWire(text);
        }
        catch (FormatException)
        {
            return;
        }
        Assert.InRange(wire.Length, 1, 255);
        Assert.Equal(AnswerFault.None, NameWalk.Skip([.. new byte[12], .. wire], 12, out var end));
        Assert.Equal(12 + wire.Length, end);
    });
}
