using System.Net;
using CsCheck;
using Kdoctor.Core.Addresses;
using Xunit;

namespace Kdoctor.Tests.Core.Addresses;

public sealed class AddressRuleTests
{
    private static readonly string[] Entries = ["loopback", "linkLocal", "metadata", "unspecified", "multicast", "169.254.20.10", "169.254.0.0/16", "fe80::/10", "127.0.0.0/8"];
    private static readonly string[] Telling = ["127.0.0.1", "169.254.169.254", "169.254.20.10", "fe80::1", "::", "ff02::1", "10.0.0.1", "::ffff:169.254.169.254"];

    private static readonly Gen<string> Entry = Gen.Int[0, Entries.Length - 1].Select(place => Entries[place]);

    private static readonly Gen<IPAddress> Address = Gen.OneOf(
        Gen.Byte.Array[4].Select(bytes => new IPAddress(bytes)),
        Gen.Byte.Array[16].Select(bytes => new IPAddress(bytes)),
        Gen.Int[0, Telling.Length - 1].Select(place => IPAddress.Parse(Telling[place])));

    [Fact]
    public void Strictly_an_address_is_refused_exactly_when_it_is_special() =>
        Address.Sample(address => Assert.Equal(SpecialAddress.KindOf(address) is not null, AddressRule.Strict.WhyRefused(address) is not null));

    [Fact]
    public void What_one_more_entry_allows_is_only_ever_more() => Gen.Select(Address, Entry.Array[0, 4], Entry).Sample(
        (address, entries, more) =>
        {
            if (AddressRule.Of(entries).WhyRefused(address) is null)
                Assert.Null(AddressRule.Of([.. entries, more]).WhyRefused(address));
        });

    [Fact]
    public void Without_its_word_or_its_very_address_nothing_opens_the_way_to_a_metadata_service() => Entry.Where(entry => entry != "metadata").Array[0, 9].Sample(
        entries => Assert.NotNull(AddressRule.Of(entries).WhyRefused(IPAddress.Parse("169.254.169.254"))));

    [Fact]
    public void An_entry_allows_its_own_and_nothing_beside()
    {
        var dns = AddressRule.Of(["169.254.20.10/32"]);
        Assert.Null(dns.WhyRefused("169.254.20.10"));
        Assert.Equal("a link-local address (169.254.20.11)", dns.WhyRefused("169.254.20.11"));
        Assert.Null(AddressRule.Of(["169.254.169.254"]).WhyRefused("::ffff:169.254.169.254"));
        Assert.Equal("a loopback address (127.0.0.1)", AddressRule.Of(["multicast"]).WhyRefused("[::ffff:127.0.0.1]"));
        Assert.Null(AddressRule.Lab.WhyRefused("0x7f.1"));
    }

    [Theory]
    [InlineData("localhost", "the name of a loopback address")]
    [InlineData("LocalHost.", "the name of a loopback address")]
    [InlineData("a.b.localhost", "the name of a loopback address")]
    [InlineData("metadata.google.internal", "the name of the address of a cloud's metadata service")]
    [InlineData("[fe80::1%25eth0]", "a link-local address (fe80::1)")]
    [InlineData("2130706433", "a loopback address (127.0.0.1)")]
    [InlineData("0xA9FEA9FE", "the address of a cloud's metadata service (169.254.169.254)")]
    [InlineData("0251.0376.0251.0376", "the address of a cloud's metadata service (169.254.169.254)")]
    [InlineData("127.1.", "a loopback address (127.0.0.1)")]
    [InlineData("0", "an unspecified address (0.0.0.0)")]
    public void A_host_is_seen_through_its_spelling(string host, string why) => Assert.Equal(why, AddressRule.Strict.WhyRefused(host));

    [Theory]
    [InlineData("shop.default.svc")]
    [InlineData("localhost.example.com")]
    [InlineData("notlocalhost")]
    public void An_ordinary_name_is_left_to_whoever_resolves_it(string host) => Assert.Null(AddressRule.Strict.WhyRefused(host));

    [Fact]
    public void Every_wrong_entry_is_named()
    {
        var refused = Assert.Throws<FormatException>(() => AddressRule.Of(["loopbak", "multicast", "10.0.0.1/33"]));
        Assert.Contains("'loopbak' is none of loopback, linkLocal, metadata, unspecified, multicast", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'10.0.0.1/33'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'multicast'", refused.Message, StringComparison.Ordinal);
        Assert.Single(AddressRule.ProblemsOf(Enumerable.Repeat("loopback", 65)));
    }
}
