using System.Collections.Frozen;
using Kdoctor.Core.Planning.Budgets;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Core.Planning.Budgets;

public sealed class BudgetLineTests
{
    private static readonly DateTimeOffset Noon = new(2030, 5, 17, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_round_that_would_pass_the_clusters_budget_waits_and_says_both_numbers()
    {
        var line = new BudgetLine(new RequestBudgets { Cluster = 100 });
        var waits = Assert.IsType<BudgetWaits>(line.Ask(Demand("b", 60), Noon, [Demand("a", 50)]));
        Assert.Equal("it asks all agents together for 60 requests per second beside the 50 of other rounds, and 100 are allowed (budgets.clusterMaxQPS)", waits.Reason);
        Assert.Equal(Noon.AddSeconds(10), waits.Until);
        Assert.IsType<BudgetFits>(line.Ask(Demand("b", 50), Noon, [Demand("a", 50)]));
    }

    [Fact]
    public void A_kinds_budget_binds_its_own_kind_only()
    {
        var line = new BudgetLine(new RequestBudgets { Netdns = 100 });
        Assert.IsType<BudgetFits>(line.Ask(Demand("http", 60), Noon, [Demand("dns", 100, kind: TaskKind.Netdns)]));
        var waits = Assert.IsType<BudgetWaits>(line.Ask(Demand("dns2", 60, kind: TaskKind.Netdns), Noon, [Demand("dns", 100, kind: TaskKind.Netdns)]));
        Assert.Contains("for tasks of the kind Netdns, for 60 requests per second beside the 100 of other rounds, and 100 are allowed (budgets.netDnsMaxQPS)", waits.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agents_budget_binds_rounds_that_share_the_agent()
    {
        var line = new BudgetLine(new RequestBudgets { Agent = 100 });
        Assert.IsType<BudgetFits>(line.Ask(Demand("b", 60, "own-agent"), Noon, [Demand("a", 60, "default-agent")]));
        var waits = Assert.IsType<BudgetWaits>(line.Ask(Demand("c", 60, "default-agent"), Noon, [Demand("a", 60, "default-agent")]));
        Assert.StartsWith("it asks agent default-agent for 60 requests per second beside the 60 of other rounds, and 100 are allowed (budgets.agentMaxQPS)", waits.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_large_alone_is_never_begun_and_holds_nobody_up()
    {
        var line = new BudgetLine(new RequestBudgets { Cluster = 100 });
        var never = Assert.IsType<BudgetNever>(line.Ask(Demand("a", 101), Noon, []));
        Assert.Contains("101 requests per second, and 100 are allowed (budgets.clusterMaxQPS); lower the number of targets, for no qps fits, or ask", never.Reason, StringComparison.Ordinal);
        Assert.IsType<BudgetFits>(line.Ask(Demand("b", 100), Noon.AddSeconds(1), []));
    }

    /// <remarks>Seen red: the greatest qps of one budget was named, which passes another.</remarks>
    [Theory]
    [InlineData(1000, 1000, 5)]
    [InlineData(1000, 80, 4)]
    [InlineData(150, 1000, 1)]
    public void The_greatest_qps_that_fits_every_budget_is_named(int cluster, int agent, int fits)
    {
        var line = new BudgetLine(new RequestBudgets { Cluster = cluster, Agent = agent, AppHttpHealthy = 500 });
        var demand = Demand("a", 600) with { RequestsPerSecond = 6, Agents = Enumerable.Range(0, 5).ToFrozenDictionary(number => $"agent-{number}", _ => 120.0) };
        var never = Assert.IsType<BudgetNever>(line.Ask(demand, Noon, []));
        Assert.Contains($"; lower qps, {fits} fits, or the number of targets, or ask whoever installed kdoctor to raise the budget", never.Reason, StringComparison.Ordinal);
        var rate = fits / 6.0;
        Assert.IsType<BudgetFits>(line.Ask(demand with { Total = 600 * rate, Agents = demand.Agents.ToFrozenDictionary(one => one.Key, one => one.Value * rate) }, Noon, []));
    }

    [Fact]
    public void Nobody_is_overtaken_in_a_budget_that_both_need()
    {
        var line = new BudgetLine(new RequestBudgets { Cluster = 100 });
        var running = Demand("running", 50);
        Assert.IsType<BudgetWaits>(line.Ask(Demand("large", 80), Noon, [running]));
        Assert.IsType<BudgetWaits>(line.Ask(Demand("small", 30), Noon.AddSeconds(1), [running]));
        Assert.IsType<BudgetFits>(line.Ask(Demand("tiny", 10), Noon.AddSeconds(-1), [running]));
        line.Leave("large");
        Assert.IsType<BudgetFits>(line.Ask(Demand("small", 30), Noon.AddSeconds(1), [running]));
        Assert.Equal(0, line.Count);
    }

    private static RoundDemand Demand(string task, double rate, string agent = "agent", TaskKind kind = TaskKind.AppHttpHealthy) => new()
    {
        TaskUid = task,
        Kind = kind,
        RequestsPerSecond = 1,
        Agents = new Dictionary<string, double> { [agent] = rate }.ToFrozenDictionary(),
        Total = rate,
        Ends = Noon.AddSeconds(10),
    };
}
