using System.Text.Json.Nodes;
using CsCheck;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Controller.Runtimes;

public sealed class RuntimeObjectsTests
{
    private static readonly JsonObject DaemonSet = Parse("""
        {"metadata":{"name":"kdoctor-agent"},"spec":{"updateStrategy":{"type":"RollingUpdate"},"template":{"metadata":{"labels":{"app.kubernetes.io/name":"kdoctor-agent"}},
         "spec":{"nodeSelector":{"kubernetes.io/os":"linux"},"containers":[{"name":"kdoctor-agent","image":"kdoctor/kdoctor-agent:1","env":[{"name":"POD_UID","valueFrom":{"fieldRef":{"fieldPath":"metadata.uid"}}},{"name":"LEVEL","value":"1"}],"resources":{"limits":{"memory":"256Mi"}},"ports":[{"name":"http","containerPort":8080},{"name":"health","containerPort":5710}]}]}}}}
        """);

    private static readonly JsonObject Service = Parse("""
        {"metadata":{"name":"kdoctor-agent-ipv4","annotations":{"cloud":"internal","kubectl.kubernetes.io/last-applied-configuration":"{}"}},
         "spec":{"type":"LoadBalancer","clusterIP":"10.96.0.7","clusterIPs":["10.96.0.7"],"ipFamilies":["IPv4"],"ports":[{"name":"http","port":80,"nodePort":30126}],"selector":{"app.kubernetes.io/name":"kdoctor-agent"}}}
        """);

    private static readonly JsonObject Ingress = Parse("""
        {"metadata":{"name":"kdoctor-agent"},"spec":{"rules":[{"http":{"paths":[{"path":"/kdoctoragent","pathType":"Prefix","backend":{"service":{"name":"kdoctor-agent-ipv4","port":{"name":"http"}}}}]}}]}}
        """);

    [Fact]
    public void The_pod_is_the_default_one_changed_as_the_task_says()
    {
        var workload = Objects("""{"annotation":{"team":"net"},"affinity":{"nodeAffinity":{}},"env":[{"name":"LEVEL","value":"2"}],"hostNetwork":true,"resources":{"limits":{"memory":"1Gi"}}}""")[0];
        Assert.Equal(("DaemonSet", "netreach-mine"), (workload.Kind.Name, workload.Name));
        var pod = workload.Wanted["spec"]!["template"]!;
        Assert.Equal("""{"labels":{"app.kubernetes.io/name":"netreach-mine","app.kubernetes.io/part-of":"kdoctor","kdoctor.io/runtime":"netreach-mine"},"annotations":{"team":"net"}}""", pod["metadata"]!.ToJsonString());
        var container = pod["spec"]!["containers"]![0]!;
        Assert.Equal("""{"limits":{"memory":"1Gi"}}""", container["resources"]!.ToJsonString());
        Assert.Equal(
            """[{"name":"POD_UID","valueFrom":{"fieldRef":{"fieldPath":"metadata.uid"}}},{"name":"KDOCTOR_LISTEN_ECHO","value":"28010"},{"name":"KDOCTOR_LISTEN_HEALTH","value":"28011"},{"name":"LEVEL","value":"2"}]""",
            container["env"]!.ToJsonString());
        Assert.Equal("""[{"name":"http","containerPort":28010},{"name":"health","containerPort":28011}]""", container["ports"]!.ToJsonString());
        Assert.Equal(("""{"kubernetes.io/os":"linux"}""", "true", "ClusterFirstWithHostNet"), (pod["spec"]!["nodeSelector"]!.ToJsonString(), pod["spec"]!["hostNetwork"]!.ToJsonString(), pod["spec"]!["dnsPolicy"]!.ToString()));
        Assert.NotNull(pod["spec"]!["affinity"]);
    }

    // The template then has each port as the host's too, and the default agents' pod and the task's could not be on one node.
    [Fact]
    public void Where_the_default_agents_are_in_the_hosts_network_a_tasks_agents_are_only_if_the_task_says_so()
    {
        var installed = DaemonSet.DeepClone().AsObject();
        var template = installed["spec"]!["template"]!["spec"]!.AsObject();
        (template["hostNetwork"], template["dnsPolicy"]) = (true, "ClusterFirstWithHostNet");
        foreach (var port in template["containers"]![0]!["ports"]!.AsArray())
            port!["hostPort"] = port["containerPort"]!.DeepClone();

        var pod = Objects("{}", installed: installed)[0].Wanted["spec"]!["template"]!["spec"]!;
        Assert.Equal((null, null), (pod["hostNetwork"], pod["dnsPolicy"]));
        Assert.Equal("""[{"name":"http","containerPort":8080},{"name":"health","containerPort":5710}]""", pod["containers"]![0]!["ports"]!.ToJsonString());
        Assert.DoesNotContain("KDOCTOR_LISTEN", pod.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("true", Objects("""{"hostNetwork":true}""", installed: installed)[0].Wanted["spec"]!["template"]!["spec"]!["hostNetwork"]!.ToJsonString());
    }

    [Fact]
    public void A_Deployment_has_the_replicas_that_the_task_wants()
    {
        var workload = Objects("""{"kind":"Deployment","deploymentReplicas":4}""")[0];
        Assert.Equal(("Deployment", "4"), (workload.Kind.Name, workload.Wanted["spec"]!["replicas"]!.ToJsonString()));
        Assert.Null(workload.Wanted["spec"]!["updateStrategy"]);
    }

    [Fact]
    public void A_Service_is_the_default_one_without_what_was_given_to_that_one_alone()
    {
        var service = Objects("{}")[1];
        Assert.Equal("netreach-mine-ipv4", service.Name);
        Assert.Equal(
            """{"type":"LoadBalancer","ipFamilies":["IPv4"],"ports":[{"name":"http","port":80}],"selector":{"app.kubernetes.io/name":"netreach-mine","app.kubernetes.io/part-of":"kdoctor","kdoctor.io/runtime":"netreach-mine"}}""",
            service.Wanted["spec"]!.ToJsonString());
        Assert.Equal("""{"cloud":"internal"}""", service.Wanted["metadata"]!["annotations"]!.ToJsonString());
    }

    [Fact]
    public void An_Ingress_is_made_where_the_task_asks_for_it_below_the_default_ones_path()
    {
        Assert.Equal(2, Objects("{}").Count);
        var ingress = Objects("{}", """{"ingress":true}""")[2];
        Assert.Equal("""[{"path":"/kdoctoragent/netreach-mine","pathType":"Prefix","backend":{"service":{"name":"netreach-mine-ipv4","port":{"name":"http"}}}}]""", ingress.Wanted["spec"]!["rules"]![0]!["http"]!["paths"]!.ToJsonString());
    }

    [Fact]
    public void Everything_belongs_to_the_task()
    {
        foreach (var made in Objects("{}", """{"ingress":true}"""))
            Assert.Equal("""[{"apiVersion":"kdoctor.io/v1beta1","kind":"NetReach","name":"mine","uid":"uid-1","controller":true,"blockOwnerDeletion":true}]""", made.Wanted["metadata"]!["ownerReferences"]!.ToJsonString());
    }

    [Fact]
    public void Names_fit_where_they_are_used_and_are_each_tasks_own()
    {
        Assert.Equal("netreach-mine", RuntimeNames.Of("NetReach", "mine"));
        Assert.NotEqual(RuntimeNames.Of("NetReach", "a.b"), RuntimeNames.Of("NetReach", "a-b"));
        var part = Gen.String[Gen.Char["abcz09"], 1, 60];
        Gen.Select(part, part, Gen.Bool).Sample((first, second, dotted) =>
        {
            var name = RuntimeNames.ServiceV6(RuntimeNames.Of("AppHttpHealthy", dotted ? $"{first}.{second}" : $"{first}-{second}"));
            Assert.Matches("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", name);
        }, iter: 500);
        Assert.NotEqual(RuntimeNames.Of("NetReach", new string('a', 200) + "1"), RuntimeNames.Of("NetReach", new string('a', 200) + "2"));
    }

    private static IReadOnlyList<RuntimeObject> Objects(string agentSpec, string target = "{}", JsonObject? installed = null)
    {
        var document = Parse($$$"""{"apiVersion":"kdoctor.io/v1beta1","kind":"NetReach","metadata":{"name":"mine","uid":"uid-1"},"spec":{"agentSpec":{{{agentSpec}}},"target":{{{target}}}}}""");
        var reading = TaskReader.Read(document, TaskLimits.Default);
        Assert.Empty(reading.Problems);
        return new RuntimeObjects(
            reading.Task!, new RuntimeTemplate(installed ?? DaemonSet, Service, null, Ingress), "kdoctor", reading.Task!.OwnAgents!.HostNetwork ? new AgentPorts(28010, 28011) : null).All();
    }

    private static JsonObject Parse(string text) => JsonNode.Parse(text)!.AsObject();
}
