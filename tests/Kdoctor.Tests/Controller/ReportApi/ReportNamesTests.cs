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
    public void C14_a_report_is_of_one_kind_and_one_name(string name, string? task) => Assert.Equal(task, ReportNames.Find(name, Tasks.Contains)?.Task.ToString());

    [Theory]
    [InlineData("netreach-reach:57", "NetReach reach", 57)]
    [InlineData("a.b:1", "Netdns a.b", 1)]
    [InlineData("both:1", null, null)]
    [InlineData("reach:", null, null)]
    [InlineData("reach:-1", null, null)]
    [InlineData("reach:1:2", null, null)]
    [InlineData("reach:99999999999", null, null)]
    [InlineData("none:1", null, null)]
    public void A_colon_and_a_number_name_a_round(string name, string? task, int? round)
    {
        var found = ReportNames.Find(name, Tasks.Contains);
        Assert.Equal((task, round), (found?.Task.ToString(), found?.Round));
        if (found is { } key)
            Assert.Equal(found, ReportNames.Find(ReportNames.Of(key), Tasks.Contains));
    }

    [Theory]
    [InlineData("both", "2 tasks are called both: ask for netreach-both or apphttphealthy-both")]
    [InlineData("both:2", "2 tasks are called both: ask for netreach-both or apphttphealthy-both")]
    [InlineData("reach", null)]
    [InlineData("none", null)]
    public void A_name_of_several_tasks_is_answered_with_the_names_to_ask_for(string name, string? instead) =>
        Assert.Equal(instead, ReportNames.InsteadOf(name, Tasks.Contains));
}
