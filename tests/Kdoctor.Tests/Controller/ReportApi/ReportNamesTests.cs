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

    // C14: the report of the wrong kind was served where two kinds had a task of one name. C15: names with dots had none.
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
    public void A_name_means_one_task_or_none(string name, string? task) => Assert.Equal(task, ReportNames.Find(name, Tasks.Contains)?.ToString());
}
