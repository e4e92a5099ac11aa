using Kdoctor.Controller.Serving;
using Kdoctor.Controller.Settings;
using Xunit;

namespace Kdoctor.Tests.Controller.Serving;

public sealed class ControllerOptionsTests
{
    [Fact]
    public void What_the_settings_say_reaches_the_controller()
    {
        var options = ControllerOptions.Of(SettingsReader.Read("""
            limits: {netReachRequestMaxQPS: 7, appHttpHealthyRequestMaxQPS: 8, netDnsRequestMaxQPS: 9, maxTasks: 11, maxAgents: 12}
            budgets: {agentMaxQPS: 13, clusterMaxQPS: 14, netDnsMaxQPS: 15}
            targets: {allow: [127.0.0.1], deny: [10.1.0.0/16]}
            secretNamespaces: [team]
            agents: {settleSeconds: 16, deliverySeconds: 17}
            reports: {measurementsListed: 18}
            """).Settings!);
        var limits = options.Reconciler.Limits;
        Assert.Equal((7, 8, 9), (limits.NetReachQps, limits.AppHttpHealthyQps, limits.NetdnsQps));
        Assert.Equal(["127.0.0.1"], limits.Addresses.Allow);
        Assert.Equal(["10.1.0.0/16"], limits.Addresses.Deny);
        Assert.Equal((13, 14, 15), (options.Reconciler.Budgets.Agent, options.Reconciler.Budgets.Cluster, options.Reconciler.Budgets.Netdns));
        Assert.Equal((11, 12, 18), (options.Reconciler.MaxTasks, options.Sessions.MaxAgents, options.MeasurementsListed));
        Assert.Equal((TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(17)), (options.Reconciler.Settle, options.Collector.DeliveryGrace));
        Assert.Equal((true, false), (options.Objects.Allows("team"), options.Objects.Allows("other")));
        Assert.Empty(options.Problems());
    }

    [Fact]
    public void Settings_that_say_nothing_make_the_controller_that_there_is_without_settings()
    {
        var (ours, plain) = (ControllerOptions.Of(new ControllerSettings()), new ControllerOptions());

        // In a cluster agents take longer to come back: their pods may be new.
        Assert.Equal((plain.Reconciler with { Settle = TimeSpan.FromSeconds(20) }, plain.Collector, plain.MeasurementsListed), (ours.Reconciler, ours.Collector, ours.MeasurementsListed));
    }
}
