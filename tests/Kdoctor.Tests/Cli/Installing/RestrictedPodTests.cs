using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>Both pods are what Pod Security calls restricted (kubernetes.io/docs/concepts/security/pod-security-standards), and more.</summary>
public sealed class RestrictedPodTests
{
    /// <summary>S7, agents ran as root with a host path mounted. Against the defect: the user is 0, the root file system can be written, and a volume is a hostPath.</summary>
    /// <remarks>Seen red: agents.yaml runs as user 0 with a root file system that can be written.</remarks>
    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void S7_a_pod_may_do_nothing_that_it_does_not_need(string kind)
    {
        var pod = DryRun.Of().Only(kind)["spec"]!["template"]!["spec"]!;
        var container = pod["containers"]!.AsArray().Single()!;

        Assert.True(pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>());
        Assert.NotEqual(0, pod["securityContext"]!["runAsUser"]!.GetValue<int>());
        Assert.Equal("RuntimeDefault", pod["securityContext"]!["seccompProfile"]!["type"]!.ToString());
        Assert.False(container["securityContext"]!["allowPrivilegeEscalation"]!.GetValue<bool>());
        Assert.True(container["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<bool>());
        Assert.Equal("[\"ALL\"]", container["securityContext"]!["capabilities"]!["drop"]!.ToJsonString());
        Assert.Null(container["securityContext"]!["capabilities"]!["add"]);
        Assert.Null(pod["hostNetwork"]);
        Assert.Null(pod["hostPID"]);
        Assert.Null(pod["hostIPC"]);
        Assert.All(pod["volumes"]!.AsArray(), volume => Assert.Contains(VolumeType(volume!), new[] { "configMap", "emptyDir", "projected" }));
        Assert.All(container["ports"]!.AsArray(), port => Assert.Null(port!["hostPort"]));
        Assert.NotNull(container["resources"]!["limits"]!["memory"]);
    }

    [Fact]
    public void The_namespace_is_held_to_it_unless_somebody_may_use_the_nodes_network()
    {
        Assert.Equal("restricted", Enforced());
        Assert.Equal("privileged", Enforced("--host-network"));
        Assert.Equal("privileged", Enforced("--allow-host-network"));
    }

    [Fact]
    public void Ports_and_paths_are_those_that_the_executables_use()
    {
        var objects = DryRun.Of();
        Assert.Equal(
            [ClusterPorts.ControllerApi, ClusterPorts.ControllerAgents, ClusterPorts.ControllerHealth],
            Container(objects, "Deployment")["ports"]!.AsArray().Select(port => port!["containerPort"]!.GetValue<int>()));
        Assert.Equal([ClusterPorts.EchoContainer, ClusterPorts.AgentHealth], Container(objects, "DaemonSet")["ports"]!.AsArray().Select(port => port!["containerPort"]!.GetValue<int>()));
        Assert.Equal(Path.GetDirectoryName(ClusterNames.SettingsFile), Mounts(objects, "Deployment")[0]);
        Assert.Equal(ClusterNames.DataFolder, Mounts(objects, "Deployment")[1]);
        Assert.Equal([Path.GetDirectoryName(ClusterNames.TokenFile)!, Path.GetDirectoryName(ClusterNames.AuthorityFile)!], Mounts(objects, "DaemonSet"));
        Assert.Equal(ClusterPorts.Echo, objects.Only("Service", ClusterNames.AgentServiceV4)["spec"]!["ports"]![0]!["port"]!.GetValue<int>());
    }

    private static string Enforced(params string[] options) => DryRun.Of(options).Only("Namespace")["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"]!.ToString();

    private static JsonNode Container(IReadOnlyList<JsonObject> objects, string kind) => objects.Only(kind)["spec"]!["template"]!["spec"]!["containers"]![0]!;

    private static List<string> Mounts(IReadOnlyList<JsonObject> objects, string kind) =>
        [.. Container(objects, kind)["volumeMounts"]!.AsArray().Select(mount => mount!["mountPath"]!.ToString())];

    private static string VolumeType(JsonNode volume) => volume.AsObject().Select(field => field.Key).Single(field => field != "name");
}
