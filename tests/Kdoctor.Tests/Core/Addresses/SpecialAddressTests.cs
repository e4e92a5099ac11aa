using System.Buffers.Binary;
using System.Net;
using CsCheck;
using Kdoctor.Core.Addresses;
using Xunit;

namespace Kdoctor.Tests.Core.Addresses;

public sealed class SpecialAddressTests
{
    private static readonly uint[] Telling = [0x7F000001, 0xA9FEA9FE, 0xE0000001, 0, 0xFFFFFFFF, 0x0A600A0A];
    private static readonly Gen<uint> AnyV4 = Gen.OneOf(Gen.UInt, Gen.Int[0, Telling.Length - 1].Select(place => Telling[place]));

    [Theory]
    [InlineData("127.0.0.1", AddressKind.Loopback)]
    [InlineData("127.255.255.254", AddressKind.Loopback)]
    [InlineData("::1", AddressKind.Loopback)]
    [InlineData("169.254.1.1", AddressKind.LinkLocal)]
    [InlineData("fe80::1", AddressKind.LinkLocal)]
    [InlineData("febf::1%3", AddressKind.LinkLocal)]
    [InlineData("169.254.169.254", AddressKind.Metadata)]
    [InlineData("169.254.170.2", AddressKind.Metadata)]
    [InlineData("fd00:ec2::254", AddressKind.Metadata)]
    [InlineData("100.100.100.200", AddressKind.Metadata)]
    [InlineData("0.0.0.0", AddressKind.Unspecified)]
    [InlineData("0.1.2.3", AddressKind.Unspecified)]
    [InlineData("::", AddressKind.Unspecified)]
    [InlineData("224.0.0.251", AddressKind.Multicast)]
    [InlineData("239.255.255.255", AddressKind.Multicast)]
    [InlineData("255.255.255.255", AddressKind.Multicast)]
    [InlineData("ff02::1", AddressKind.Multicast)]
    [InlineData("::ffff:127.0.0.1", AddressKind.Loopback)]
    [InlineData("::169.254.169.254", AddressKind.Metadata)]
    [InlineData("::ffff:0:169.254.169.254", AddressKind.Metadata)]
    [InlineData("64:ff9b::169.254.169.254", AddressKind.Metadata)]
    [InlineData("64:ff9b:1::127.0.0.1", AddressKind.Loopback)]
    [InlineData("2002:7f00:1::", AddressKind.Loopback)]
    public void A_special_address_is_known_however_it_is_wrapped(string text, AddressKind kind) =>
        Assert.Equal(kind, SpecialAddress.KindOf(IPAddress.Parse(text)));

    [Theory]
    [InlineData("10.96.0.10")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("1.0.0.0")]
    [InlineData("fec0::1")]
    [InlineData("fd00::1")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    public void An_ordinary_address_is_nothing_special(string text) => Assert.Null(SpecialAddress.KindOf(IPAddress.Parse(text)));

    [Fact]
    public void An_IPv4_address_is_as_special_in_every_wrapping_as_alone() => AnyV4.Sample(
        address =>
        {
            var alone = V4(address);
            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(four, address);
            foreach (var wrapped in new[]
                {
                    alone.MapToIPv6(), IPAddress.Parse($"64:ff9b::{alone}"), IPAddress.Parse($"::ffff:0:{alone}"),
                    IPAddress.Parse($"2002:{four[0]:x2}{four[1]:x2}:{four[2]:x2}{four[3]:x2}::5"),
                })
                Assert.Equal(SpecialAddress.KindOf(alone), SpecialAddress.KindOf(wrapped));
        });

    [Fact]
    public void Every_spelling_of_an_IPv4_address_is_read_as_that_address() => Gen.Select(AnyV4, Gen.Int[0, 2].Array[4], Gen.Int[1, 4], Gen.Int[0, 2]).Sample(
        (address, radixes, parts, dots) =>
        {
            // inet_aton(3): the last part fills what the parts before it leave.
            var words = Enumerable.Range(0, parts - 1).Select(part => (long)((address >> (24 - (8 * part))) & 0xff))
                .Append(address & (uint)((1L << (8 * (5 - parts))) - 1))
                .Select((value, part) => radixes[part] switch { 0 => $"{value}", 1 => $"0x{value:x}", _ => "0" + Convert.ToString(value, 8) });
            Assert.Equal(V4(address), HostSpelling.LiteralOf(string.Join('.', words) + new string('.', dots)));
        });

    private static IPAddress V4(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes);
    }
}
