using CsCheck;
using Kdoctor.Controller.Cluster;
using Xunit;

namespace Kdoctor.Tests.Controller.Cluster;

public sealed class NetworkStatusTests
{
    private const string Current = "k8s.v1.cni.cncf.io/network-status";
    private const string Older = "k8s.v1.cni.cncf.io/networks-status";

    private const string Usual = """
        [{"name":"kd","interface":"eth0","ips":["10.244.2.6","fd00:244:2::6"],"default":true},
         {"name":"kdoctor/second","interface":"net1","ips":["192.168.77.13","fd00:77::13"]},
         {"name":"kdoctor/third","interface":"net2","ips":["10.9.0.4/24"],"mac":"02:00:00:00:00:01"}]
        """;

    [Theory]
    [InlineData(Current)]
    [InlineData(Older)]
    public void Every_further_interface_is_known_by_either_key(string key) => Assert.Equal(
        [new("net1", "192.168.77.13"), new("net1", "fd00:77::13"), new("net2", "10.9.0.4")],
        Read((key, Usual)).Interfaces);

    [Fact]
    public void The_current_key_counts_where_both_are_there() =>
        Assert.Equal("net9", Assert.Single(Read((Older, Usual), (Current, """[{"interface":"net9","ips":["10.1.1.1"]}]""")).Interfaces).Interface);

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("[")]
    public void What_cannot_be_read_is_a_problem_and_no_interface(string text)
    {
        var status = Read((Current, text));
        Assert.Empty(status.Interfaces);
        Assert.Contains(Current, status.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[null,1,\"a\",[]]")]
    [InlineData("""[{"interface":"net1"}]""")]
    [InlineData("""[{"interface":"net1","ips":{}}]""")]
    [InlineData("""[{"interface":"net1","ips":["not an address",7,null]}]""")]
    [InlineData("""[{"interface":"with space","ips":["10.0.0.1"]}]""")]
    [InlineData("""[{"ips":["10.0.0.1"]}]""")]
    public void Entries_without_a_name_or_an_address_are_passed_over(string text) => Assert.Equal([], Read((Current, text)).Interfaces);

    [Fact]
    public void No_more_addresses_are_read_than_an_agent_may_have()
    {
        var ips = string.Join(',', Enumerable.Range(0, 1000).Select(number => $"\"10.0.{number / 250}.{number % 250}\""));
        Assert.Equal(NetworkStatus.MaxAddresses, Read((Current, $$"""[{"interface":"net1","ips":[{{ips}}]}]""")).Interfaces.Length);
    }

    [Fact]
    public void Whatever_stands_there_is_read_without_a_surprise() => Gen.OneOf(
            Gen.String,
            from at in Gen.Int[0, Usual.Length - 1]
            from character in Gen.Char
            select Usual[..at] + character + Usual[(at + 1)..],
            from length in Gen.Int[0, Usual.Length]
            select Usual[..length])
        .Sample(text => Assert.All(Read((Current, text)).Interfaces, address => Assert.True(System.Net.IPAddress.TryParse(address.Ip, out _))), iter: 3000);

    private static NetworkStatus Read(params (string Key, string Text)[] annotations) =>
        NetworkStatus.Read(annotations.ToDictionary(entry => entry.Key, entry => entry.Text));
}
