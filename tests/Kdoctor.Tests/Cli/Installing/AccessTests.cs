using System.Text.Json.Nodes;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>Who may do what: the rules are counted, so that another one is a decision.</summary>
public sealed class AccessTests
{
    private static readonly IReadOnlyList<JsonObject> Objects = DryRun.Of("--allow-secrets-in", "shop", "--allow-secrets-in", "bank");

    [Fact]
    public void The_controller_has_so_many_rules_and_no_more()
    {
        Assert.Equal(10, Rules("ClusterRole", "kdoctor-controller").Count);
        Assert.Equal(9, Rules("Role", "kdoctor-controller").Count);
        Assert.Single(Rules("Role", "kdoctor-controller-events"));
    }

    /// <summary>S2, everybody was cluster-admin. Against the defect: the role has the rule */*/*, and the star is found.</summary>
    /// <remarks>Seen red: a rule of access.yaml is *.</remarks>
    [Fact]
    public void S2_no_rule_has_a_wildcard()
    {
        var rules = Objects.Where(IsRole).SelectMany(role => role["rules"]!.AsArray()).ToList();
        Assert.NotEmpty(rules);
        Assert.DoesNotContain("*", string.Concat(rules.Select(rule => rule!.ToJsonString())), StringComparison.Ordinal);
    }

    [Fact]
    public void No_rule_of_the_whole_cluster_reaches_secrets_or_makes_pods()
    {
        var resources = Objects.Kind("ClusterRole").SelectMany(role => role["rules"]!.AsArray()).SelectMany(rule => rule!["resources"]!.AsArray()).Select(resource => resource!.ToString()).ToList();
        Assert.DoesNotContain(resources, resource => resource is "secrets" or "configmaps" or "pods" or "pods/exec" or "daemonsets" or "deployments" or "serviceaccounts/token");
    }

    [Fact]
    public void Secrets_are_read_by_name_at_home_and_elsewhere_only_in_namespaces_that_were_named()
    {
        var home = Rules("Role", "kdoctor-controller").Single(rule => rule["resources"]!.AsArray().Any(resource => resource!.ToString() == "secrets"));
        Assert.Equal("[\"kdoctor-controller-tls\"]", home["resourceNames"]!.ToJsonString());
        Assert.Contains("create", home["verbs"]!.AsArray().Select(verb => verb!.ToString()));

        var readers = Objects.Kind("Role").Where(role => role["metadata"]!["name"]!.ToString() == "kdoctor-controller-secrets").ToList();
        Assert.Equal(["shop", "bank"], readers.Select(role => role["metadata"]!["namespace"]!.ToString()));
        Assert.All(readers, role => Assert.Equal("[\"get\"]", role["rules"]!.AsArray().Single()!["verbs"]!.ToJsonString()));
        Assert.DoesNotContain(DryRun.Of().Kind("Role"), role => role["metadata"]!["name"]!.ToString() == "kdoctor-controller-secrets");
    }

    [Fact]
    public void The_settings_name_the_same_namespaces_as_the_roles() =>
        Assert.Equal("secretNamespaces:\n- shop\n- bank\n", Objects.Only("ConfigMap", "kdoctor-config")["data"]!["config.yaml"]!.ToString());

    [Fact]
    public void Agents_are_bound_to_no_role_and_hold_no_token_of_the_api()
    {
        var subjects = Objects.Where(document => document["kind"]!.ToString().EndsWith("Binding", StringComparison.Ordinal)).SelectMany(binding => binding["subjects"]!.AsArray()).ToList();
        Assert.NotEmpty(subjects);
        Assert.All(subjects, subject => Assert.Equal("kdoctor-controller", subject!["name"]!.ToString()));
        var pod = Objects.Only("DaemonSet")["spec"]!["template"]!["spec"]!;
        Assert.False(pod["automountServiceAccountToken"]!.GetValue<bool>());
        var token = pod["volumes"]!.AsArray().SelectMany(volume => volume!["projected"]?["sources"]?.AsArray() ?? []).Single()!["serviceAccountToken"]!;
        Assert.Equal("kdoctor-controller", token["audience"]!.ToString());
    }

    private static bool IsRole(JsonObject document) => document["kind"]!.ToString() is "Role" or "ClusterRole";

    private static List<JsonObject> Rules(string kind, string name) => [.. Objects.Only(kind, name)["rules"]!.AsArray().Select(rule => rule!.AsObject())];
}
