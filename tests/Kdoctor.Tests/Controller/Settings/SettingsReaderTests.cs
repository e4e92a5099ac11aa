using Kdoctor.Controller.Settings;
using Kdoctor.Core.Addresses;
using Kdoctor.Core.Planning.Budgets;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Controller.Settings;

public sealed class SettingsReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing is decided here\n")]
    [InlineData("limits: {}\nsecretNamespaces: []\n")]
    public void A_file_that_says_nothing_is_all_defaults(string text)
    {
        var (settings, problems) = SettingsReader.Read(text);
        Assert.Empty(problems);
        Assert.Equal((20, 100, 100), (settings!.Limits.NetReachRequestMaxQPS, settings.Limits.AppHttpHealthyRequestMaxQPS, settings.Limits.NetDnsRequestMaxQPS));
        Assert.Empty(settings.SecretNamespaces);
        Assert.Equal(("sqlite", 5722), (settings.Storage.Kind, settings.Ports.Api));
        Assert.Equal(20_000, settings.Budgets.AgentMaxQPS);
    }

    [Fact]
    public void Budgets_and_addresses_reach_those_who_plan_and_those_who_admit()
    {
        var (settings, problems) = SettingsReader.Read("budgets: {agentMaxQPS: 7, clusterMaxQPS: 70, netDnsMaxQPS: 30}\ntargets: {allow: [169.254.20.10], deny: [10.0.0.0/8]}\n");
        Assert.Empty(problems);
        var planning = Kdoctor.Controller.Serving.ControllerOptions.Of(settings!).Reconciler;
        Assert.Equal(new RequestBudgets { Agent = 7, Cluster = 70, Netdns = 30 }, planning.Budgets);
        Assert.Equal(new AddressRule { Allow = ["169.254.20.10"], Deny = ["10.0.0.0/8"] }, planning.Limits.Addresses);
        Assert.Equal(planning.Limits.Addresses, settings!.ForTasks().Addresses);
    }

    [Fact]
    public void What_the_file_says_holds()
    {
        var (settings, problems) = SettingsReader.Read("""
            limits: {netReachRequestMaxQPS: 50}
            budgets: {agentMaxQPS: 2000}
            targets: {allow: [127.0.0.0/8], deny: [10.1.2.3, "fd00:1::/32"]}
            secretNamespaces: [team-a, team-b]
            storage: {kind: postgres}
            retention: {days: 7, maxMiB: 64}
            """);
        Assert.Empty(problems);
        Assert.Equal((50, 2000), (settings!.Limits.NetReachRequestMaxQPS, settings.Budgets.AgentMaxQPS));
        Assert.Equal(["team-a", "team-b"], settings.SecretNamespaces);
        Assert.Equal(["10.1.2.3", "fd00:1::/32"], settings.Targets.Deny);
        Assert.Equal((TimeSpan.FromDays(7), 64L << 20), (settings.Retention.Bounds.Age, settings.Retention.Bounds.Bytes));
    }

    // One bad example per rule, with the words that the user reads.
    [Theory]
    [InlineData("limit: {}", "config.yaml:1: limit: is not a known field; did you mean limits?")]
    [InlineData("limits:\n  netReachRequestMaxQPS: 0", "config.yaml:2: limits.netReachRequestMaxQPS: is 0, but must be from 1 to 1000000; write a number in that range")]
    [InlineData("limits: 5", "config.yaml:1: limits: must be a map, but is the number 5; write its fields below it, indented, as name: value")]
    [InlineData("storage: {kind: etcd}", "config.yaml:1: storage.kind: is \"etcd\", but must be one of sqlite, postgres; write one of them")]
    [InlineData("storage: {path: data}", "config.yaml:1: storage.path: is \"data\", but must be an absolute path; write a path that begins with /")]
    [InlineData("secretNamespaces:\n- a\n- B", "config.yaml:3: secretNamespaces[1]: is \"B\", but a namespace's name is 1 to 63 of a-z, 0-9 and -, with a letter or digit at either end; write the name of a namespace")]
    [InlineData("targets: {deny: [10.0.0.0/33]}", "config.yaml:1: targets.deny[0]: is \"10.0.0.0/33\", but must be an address or a range; write it as 10.1.2.3, 10.1.0.0/16 or fd00:1::/32")]
    [InlineData("ports: {api: 5721}", "config.yaml:1: ports.health: is 5721, as ports.api is; give each its own port")]
    [InlineData("ports: {agents: 5721}", "config.yaml:1: ports.agents: is 5721, as another port is; give each its own port")]
    [InlineData("a: 1\n---\nb: 1", "config.yaml:1: the file holds 2 documents, but settings are one; leave only the first")]
    public void A_mistake_is_named_with_its_line_its_rule_and_the_remedy(string text, string words)
    {
        var (settings, problems) = SettingsReader.Read(text);
        Assert.Null(settings);
        Assert.Equal(words, problems[0].InFile("config.yaml"));
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var problems = SettingsReader.Read("limits: {maxTasks: x, maxAgents: 0}\nretention: {days: -1}\nfoo: 1\n").Problems;
        Assert.Equal(["limits.maxTasks", "limits.maxAgents", "retention.days", "foo"], problems.Select(problem => problem.Field));
    }

    [Fact]
    public void Wrong_addresses_names_and_ports_are_told_together_with_wrong_types()
    {
        var problems = SettingsReader.Read("""
            limits: {maxAgents: 0}
            targets: {allow: [here], deny: [5, 10.0.0.0/33]}
            secretNamespaces: [7, Big]
            storage: {path: data}
            ports: {api: 99, health: 6000, agents: 6000}
            """).Problems;
        Assert.Equal(
            ["limits.maxAgents", "targets.deny[0]", "targets.allow[0]", "targets.deny[1]", "secretNamespaces[0]", "secretNamespaces[1]", "storage.path", "ports.api"],
            problems.Select(problem => problem.Field));
    }

    [Fact]
    public void The_reference_of_settings_is_what_the_record_says()
    {
        var path = Repository.Path("docs/reference/settings.md");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, SettingsReader.Reference());
        Assert.True(SettingsReader.Reference() == File.ReadAllText(path),
            "docs/reference/settings.md is behind the record: run this test with UPDATE_GOLDEN=1 in the environment, and look at the difference");
    }
}
