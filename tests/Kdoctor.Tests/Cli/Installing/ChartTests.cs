using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Settings;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>The Helm chart makes the objects that `kdoctor install` makes, with the same choices said in either's words.</summary>
public sealed class ChartTests
{
    public static TheoryData<string, string> Choices() => new()
    {
        { "", "{}" },
        { "--ip-families dual --service-type NodePort", """{"feature.enableIPv6":true,"kdoctorAgent.service.type":"NodePort"}""" },
        { "--ip-families ipv6 --ingress-class inner", """{"feature.enableIPv4":false,"feature.enableIPv6":true,"kdoctorAgent.ingress.ingressClass":"inner"}""" },
        { "--ingress-host *.example.net --ingress-tls-secret echo", """{"kdoctorAgent.ingress.host":"*.example.net","kdoctorAgent.ingress.tlsSecretName":"echo"}""" },
        { "--no-ingress --network-policies --host-network", """{"kdoctorAgent.ingress.enable":false,"networkPolicies.enabled":true,"kdoctorAgent.hostnetwork":true}""" },
        { "--controller-node-port", """{"kdoctorController.nodePort.enabled":true}""" },
        { "--controller-node-port --network-policies", """{"kdoctorController.nodePort.enabled":true,"networkPolicies.enabled":true}""" },
        { "--replicas 2 --postgres-secret store/uri", """{"kdoctorController.replicas":2,"kdoctorController.postgres.secretName":"store","kdoctorController.postgres.secretKey":"uri"}""" },
        {
            "--storage 2Gi --storage-class fast",
            """{"feature.aggregateReport.controller.pvc.enabled":true,"feature.aggregateReport.controller.pvc.storageRequests":"2Gi","feature.aggregateReport.controller.pvc.storageClass":"fast"}"""
        },
        { "--allow-secrets-in shop --allow-secrets-in bank", """{"kdoctorController.secretNamespaces":["shop","bank"]}""" },
        {
            "--image-registry mirror.example/team --image-pull-secret puller --multus-network net/second",
            """{"global.imageRegistryOverride":"mirror.example/team","kdoctorAgent.image.imagePullSecrets":[{"name":"puller"}],"kdoctorController.image.imagePullSecrets":[{"name":"puller"}],"kdoctorAgent.podAnnotations":{"k8s.v1.cni.cncf.io/networks":"net/second"}}"""
        },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void The_chart_and_the_command_make_the_same_objects(string options, string values)
    {
        var changes = JsonNode.Parse(values)!.AsObject().Select(change => (change.Key, change.Value!)).ToArray();
        var chart = RenderedChart.Of(changes);
        var command = DryRun.Of(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        // helm makes the namespace and the definitions itself: --create-namespace and the folder crds.
        SameObjects.Equal(
            [.. command.Where(document => document["kind"]!.ToString() is not ("Namespace" or "CustomResourceDefinition")).Select(WithSettingsRead)],
            [.. chart.Select(WithSettingsRead)]);
        SameHash(chart);
        SameHash(command);
    }

    [Fact]
    public void A_certificate_for_no_host_is_refused() =>
        Assert.Contains("kdoctorAgent.ingress.host", RenderedChart.ErrorOf(("kdoctorAgent.ingress.tlsSecretName", "echo")), StringComparison.Ordinal);

    [Fact]
    public void Ports_of_the_settings_are_the_ports_of_the_container_in_both()
    {
        var chart = RenderedChart.Of(("kdoctorController.settings", new JsonObject { ["ports"] = new JsonObject { ["api"] = 6722, ["agents"] = 6000 } }));
        Assert.Equal("api 6722, agents 6000, health 5721", Ports(chart));

        var file = Path.GetTempFileName();
        File.WriteAllText(file, "ports: {api: 6722, agents: 6000}\n");
        try
        {
            Assert.Equal("api 6722, agents 6000, health 5721", Ports(DryRun.Of("--settings", file)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Values_become_settings()
    {
        var objects = RenderedChart.Of(
            ("feature.netReachRequestMaxQPS", 55), ("feature.aggregateReport.controller.maxAgeInDay", 7), ("kdoctorController.settings", new JsonObject { ["budgets"] = new JsonObject { ["agentMaxQPS"] = 900 } }));
        var settings = SettingsReader.Read(objects.Only("ConfigMap", "kdoctor-config")["data"]!["config.yaml"]!.ToString()).Settings!;

        Assert.Equal(55, settings.Limits.NetReachRequestMaxQPS);
        Assert.Equal(7, settings.Retention.Days);
        Assert.Equal(900, settings.Budgets.AgentMaxQPS);
    }

    [Fact]
    public void Several_controllers_without_a_store_that_they_share_are_refused() =>
        Assert.Contains("kdoctorController.postgres.secretName", RenderedChart.ErrorOf(("kdoctorController.replicas", 2)), StringComparison.Ordinal);

    /// <remarks>Seen red: the chart takes every settings.storage as it is.</remarks>
    [Fact]
    public void Storage_of_the_settings_that_other_values_do_not_give_is_refused()
    {
        static JsonObject Storage(string field, string value) => new() { ["storage"] = new JsonObject { [field] = value } };
        Assert.Contains("kdoctorController.settings.storage.kind", RenderedChart.ErrorOf(("kdoctorController.settings", Storage("kind", "postgres"))), StringComparison.Ordinal);
        Assert.Contains(
            "kdoctorController.settings.storage.path",
            RenderedChart.ErrorOf(("kdoctorController.settings", Storage("path", "/tmp/rounds")), ("feature.aggregateReport.controller.pvc.enabled", true)), StringComparison.Ordinal);
        Assert.NotEmpty(RenderedChart.Of(("kdoctorController.settings", Storage("path", "/var/lib/kdoctor/rounds")), ("feature.aggregateReport.controller.pvc.enabled", true)));
    }

    [Fact]
    public void The_chart_is_of_this_version()
    {
        var version = Repository.Read("Directory.Build.props").Split("<Version>")[1].Split("</Version>")[0];
        Assert.Contains($"\nversion: {version}\nappVersion: {version}\n", Repository.Read("charts/kdoctor/Chart.yaml"), StringComparison.Ordinal);
    }

    private static string Ports(IReadOnlyList<JsonObject> objects)
    {
        var container = objects.Only("Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Assert.All((string[])["startupProbe", "livenessProbe", "readinessProbe"], probe => Assert.Equal("health", container[probe]!["httpGet"]!["port"]!.ToString()));
        Assert.Equal("api agents", string.Join(' ', objects.Only("Service", "kdoctor-controller")["spec"]!["ports"]!.AsArray().Select(port => port!["targetPort"]!.ToString())));
        return string.Join(", ", container["ports"]!.AsArray().Select(port => $"{port!["name"]} {port["containerPort"]}"));
    }

    // Two texts that mean the same settings are the same.
    private static JsonObject WithSettingsRead(JsonObject document)
    {
        var copy = document.DeepClone().AsObject();
        if (copy["data"]?["config.yaml"] is { } text)
        {
            var read = SettingsReader.Read(text.ToString());
            Assert.Empty(read.Problems);
            copy["data"]!["config.yaml"] = JsonSerializer.Serialize(read.Settings);
        }
        if (copy["spec"]?["template"]?["metadata"]?["annotations"]?["kdoctor.io/settings"] is not null)
            copy["spec"]!["template"]!["metadata"]!["annotations"]!["kdoctor.io/settings"] = "";
        return copy;
    }

    private static void SameHash(IReadOnlyList<JsonObject> objects)
    {
        var text = objects.Only("ConfigMap", "kdoctor-config")["data"]!["config.yaml"]!.ToString();
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
            objects.Only("Deployment")["spec"]!["template"]!["metadata"]!["annotations"]!["kdoctor.io/settings"]!.ToString());
    }
}
