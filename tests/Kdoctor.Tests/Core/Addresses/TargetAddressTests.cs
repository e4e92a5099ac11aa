using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Core.Addresses;

/// <summary>Tasks whose targets spell an address that the place does not allow.</summary>
public sealed class TargetAddressTests
{
    public static TheoryData<string> Spellings { get; } = new(
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7F.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "0x7f.1.", "[::1]", "[0:0::0:1]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "127。0。0。1",
        "%31%32%37.0.0.1", "0", "0.0.0.0", "[::]", "169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]",
        "224.0.0.1", "[ff02::1]", "255.255.255.255", "metadata.google.internal");

    [Theory]
    [MemberData(nameof(Spellings))]
    public void No_spelling_of_a_special_address_is_taken_for_an_application(string host)
    {
        var problem = Assert.Single(Http($"http://{host}:8080/healthz", TaskLimits.Default).Problems);
        Assert.Equal("spec.target.host", problem.Field);
        Assert.NotEmpty(problem.Remedy);
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void No_spelling_of_a_special_address_is_taken_for_a_DNS_server(string host) =>
        Assert.Equal("spec.target.targetUser.server", Assert.Single(Dns(host.Trim('[', ']'), TaskLimits.Default).Problems).Field);

    [Fact]
    public void The_problem_names_the_address_its_kind_and_who_can_allow_it()
    {
        var text = Assert.Single(Http("http://0x7f.1/", TaskLimits.Default).Problems).Text;
        Assert.Equal(
            "is \"127.0.0.1\", which leads to 127.0.0.1, a loopback address, which the setting targets.allow does not name; "
            + "name another host, or ask whoever installed kdoctor to change that setting of the controller", text);
    }

    [Fact]
    public void The_lab_allows_loopback_and_nothing_else()
    {
        Assert.Empty(Http("http://localhost:8080/", TaskLimits.Lab).Problems);
        Assert.Empty(Dns("127.0.0.1", TaskLimits.Lab).Problems);
        Assert.Single(Http("http://169.254.169.254/latest/meta-data/", TaskLimits.Lab).Problems);
    }

    [Theory]
    [InlineData("shop.default.svc.cluster.local")]
    [InlineData("10.96.0.10")]
    [InlineData("[fd00::10]")]
    public void An_ordinary_target_is_taken(string host) => Assert.Empty(Http($"http://{host}/", TaskLimits.Default).Problems);

    private static TaskFile Http(string url, TaskLimits limits) => TaskFile.Read(
        $"apiVersion: kdoctor.io/v1beta1\nkind: AppHttpHealthy\nmetadata: {{name: a}}\nspec: {{target: {{method: GET, host: '{url}'}}}}", limits);

    private static TaskFile Dns(string server, TaskLimits limits) => TaskFile.Read(
        $"apiVersion: kdoctor.io/v1beta1\nkind: Netdns\nmetadata: {{name: a}}\nspec: {{target: {{targetUser: {{server: '{server}'}}}}}}", limits);
}
