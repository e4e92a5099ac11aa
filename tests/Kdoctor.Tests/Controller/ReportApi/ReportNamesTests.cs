using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.ReportApi;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Controller.ReportApi;

public sealed class ReportNamesTests
{
    private static readonly HashSet<TaskKey> Tasks =
    [
        new(TaskKind.NetReach, "reach"), new(TaskKind.NetReach, "both"), new(TaskKind.AppHttpHealthy, "both"), new(TaskKind.Netdns, "a.b"),
        new(TaskKind.AppHttpHealthy, "netreach-reach"),
    ];

    /// <summary>C14, the report of the wrong kind was served. Against the defect: the last of three kinds wins, or a name that only contains the one asked for.</summary>
    /// <remarks>Seen red: ReportNames takes the last kind with a task of that name.</remarks>
    [Theory]
    [InlineData("netreach-reach", "NetReach reach")]
    [InlineData("reach", "NetReach reach")]
    [InlineData("netreach-both", "NetReach both")]
    [InlineData("apphttphealthy-both", "AppHttpHealthy both")]
    [InlineData("both", null)]
    [InlineData("netdns-a.b", "Netdns a.b")]
    [InlineData("a.b", "Netdns a.b")]
    [InlineData("apphttphealthy-netreach-reach", "AppHttpHealthy netreach-reach")]
    [InlineData("netdns-reach", null)]
    [InlineData("netreach-", null)]
    [InlineData("", null)]
    public void C14_a_report_is_of_one_kind_and_one_name(string name, string? task) => Assert.Equal(task, ReportNames.Find(name, Tasks.Contains)?.ToString());
}
