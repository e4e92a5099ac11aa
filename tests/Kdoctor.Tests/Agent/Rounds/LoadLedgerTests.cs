using Kdoctor.Agent.Rounds;
using Xunit;

namespace Kdoctor.Tests.Agent.Rounds;

public sealed class LoadLedgerTests
{
    [Fact]
    public void A_rounds_peak_holds_what_ran_beside_it_at_most()
    {
        var ledger = new LoadLedger();
        ledger.Begin("a/1", "NetReach", 70);
        ledger.Begin("b/1", "AppHttpHealthy", 5);
        Assert.Equal(5, ledger.End("b/1")["AppHttpHealthy"]);
        ledger.Begin("c/1", "NetReach", 30);
        Assert.Equal(new Dictionary<string, double> { ["NetReach"] = 100, ["AppHttpHealthy"] = 5 }, ledger.End("a/1"));
        Assert.Equal(new Dictionary<string, double> { ["NetReach"] = 100 }, ledger.End("c/1"));
        Assert.Empty(ledger.End("c/1"));
    }
}
