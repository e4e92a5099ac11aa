using System.Net;
using CsCheck;
using Kdoctor.Core.Addresses;
using Xunit;

namespace Kdoctor.Tests.Core.Addresses;

public sealed class AddressRuleTests
{
    private static readonly string[] Entries = ["127.0.0.0/8", "::1", "169.254.20.10", "169.254.0.0/16", "fe80::/10", "0.0.0.0/0", "::/0", "ff00::/8"];
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
    public void One_more_entry_allows_only_ever_more_and_denies_only_ever_more() => Gen.Select(Address, Entry.Array[0, 4], Entry.Array[0, 2], Entry).Sample(
        (address, allow, deny, more) =>
        {
            var rule = new AddressRule { Allow = [.. allow], Deny = [.. deny] };
            if (rule.WhyRefused(address) is null)
                Assert.Null((rule with { Allow = [.. allow, more] }).WhyRefused(address));
            else
                Assert.NotNull((rule with { Deny = [.. deny, more] }).WhyRefused(address));
        });

    [Fact]
    public void No_range_opens_the_way_to_a_metadata_service() => Entry.Array[0, 9].Sample(
        entries => Assert.NotNull(new AddressRule { Allow = [.. entries] }.WhyRefused(IPAddress.Parse("169.254.169.254"))));

    [Fact]
    public void An_entry_allows_its_own_and_nothing_beside()
    {
        var dns = new AddressRule { Allow = ["169.254.20.10"] };
        Assert.Null(dns.WhyRefused("169.254.20.10"));
        Assert.Equal("169.254.20.11, a link-local address, which the setting targets.allow does not name", dns.WhyRefused("169.254.20.11"));
        Assert.Null(new AddressRule { Allow = ["169.254.169.254/32"] }.WhyRefused("::ffff:169.254.169.254"));
        Assert.Null(AddressRule.Lab.WhyRefused("0x7f.1"));
        Assert.Null(AddressRule.Lab.WhyRefused("localhost"));
        Assert.NotNull(AddressRule.Lab.WhyRefused("0.0.0.0"));
    }

    [Fact]
    public void What_is_denied_stays_denied()
    {
        var rule = new AddressRule { Allow = ["127.0.0.0/8"], Deny = ["10.96.0.0/16", "127.0.0.1"] };
        Assert.Equal("10.96.0.10, which the setting targets.deny names with 10.96.0.0/16", rule.WhyRefused("[::ffff:10.96.0.10]"));
        Assert.NotNull(rule.WhyRefused("127.0.0.1"));
        Assert.Null(rule.WhyRefused("127.0.0.2"));
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1, a loopback address")]
    [InlineData("LocalHost.", "127.0.0.1, a loopback address")]
    [InlineData("a.b.localhost", "127.0.0.1, a loopback address")]
    [InlineData("metadata.google.internal", "169.254.169.254, the address of a cloud's metadata service")]
    [InlineData("[fe80::1%25eth0]", "fe80::1, a link-local address")]
    [InlineData("2130706433", "127.0.0.1, a loopback address")]
    [InlineData("0xA9FEA9FE", "169.254.169.254, the address of a cloud's metadata service")]
    [InlineData("0251.0376.0251.0376", "169.254.169.254, the address of a cloud's metadata service")]
    [InlineData("127.1.", "127.0.0.1, a loopback address")]
    [InlineData("0", "0.0.0.0, an unspecified address")]
    public void A_host_is_seen_through_its_spelling(string host, string why) =>
        Assert.Equal($"{why}, which the setting targets.allow does not name", AddressRule.Strict.WhyRefused(host));

    [Theory]
    [InlineData("shop.default.svc")]
    [InlineData("localhost.example.com")]
    [InlineData("notlocalhost")]
    public void An_ordinary_name_is_left_to_whoever_resolves_it(string host) => Assert.Null(AddressRule.Strict.WhyRefused(host));

    [Fact]
    public void Every_wrong_entry_is_named()
    {
        var problems = new AddressRule { Allow = ["loopback", "::1", "10.0.0.1/33"], Deny = ["x"] }.Problems();
        Assert.Equal(["loopback", "10.0.0.1/33", "x"], problems.Select(problem => problem.Split('\'')[1]));
        Assert.Single(new AddressRule { Deny = [.. Enumerable.Repeat("::1", AddressRule.MaxEntries + 1)] }.Problems());
    }
}
