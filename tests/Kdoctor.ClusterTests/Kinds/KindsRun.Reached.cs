using System.Globalization;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <content>Tasks that reach the same servers by other ways: over IPv6, by a name, at another port, for other records, and from chosen nodes only.</content>
public sealed partial class KindsRun
{
    /// <summary>A name that every cluster's DNS leads to its API server.</summary>
    public const string ApiName = "kubernetes.default.svc.cluster.local";

    private const string Asks = "kdoctor-test/asks";

    // When the first ones are through with it, and before those that fail.
    private const string Soon = "4s 1m";

    private long askedBefore;

    /// <summary>The only node whose agent the task <c>chosen</c> names.</summary>
    public string ChosenNode { get; private set; } = "";

    /// <summary>The address to which <see cref="ApiName"/> leads.</summary>
    public string ApiAddress { get; private set; } = "";

    /// <summary>Whether this is a server before 1.21, which tells a Service's endpoints of its first family only.</summary>
    public bool TellsOneFamily { get; private set; }

    /// <summary>Whether the cluster's own DNS has an IPv6 address.</summary>
    public bool DnsHasIPv6 { get; private set; }

    /// <summary>How many requests for <c>/livez</c> the API server counted meanwhile.</summary>
    public long AskedOfApi { get; private set; }

    /// <summary>The application; skips the test where the cluster gives it no IPv6 addresses.</summary>
    public ServedApplication OverIPv6
    {
        get
        {
            Assert.NotEmpty(cluster.Kubeconfig);
            Assert.SkipWhen(served!.Address6.Length == 0 || served.PodAddress6.Length == 0, "the cluster gives Services and pods no IPv6 addresses");
            return served;
        }
    }

    /// <summary>The application.</summary>
    public ServedApplication Served => served!;

    private async Task WriteReachedAsync(ServedApplication application)
    {
        ApiAddress = (await cluster.Kubectl.RunAsync("get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")).Output;
        TellsOneFamily = (await cluster.Kubectl.RunAsync("get", "--raw", "/apis/discovery.k8s.io/v1")).ExitCode != 0;
        DnsHasIPv6 = (await cluster.Kubectl.RunAsync("get", "service", "--all-namespaces", "-l", "k8s-app=kube-dns", "-o", "jsonpath={.items[*].spec.clusterIPs[*]}")).Output.Contains(':', StringComparison.Ordinal);
        Http("named", $"host: 'https://{ApiName}/livez', method: GET, {Secret("api")}", schedule: Soon);
        askedBefore = await AskedAsync();

        Dns("pod-port", "udp", "www.shop.test", $"targetUser: {{server: {application.PodAddress}, port: 5353}}", Soon);
        Dns("aaaa", "udp", "www.shop.test", $"targetUser: {{server: {application.Address}}}", Soon, ", recordType: AAAA");
        Dns("both", "tcp", "www.shop.test", $"targetUser: {{server: {application.Address}}}", Soon, ", recordType: both");
        Dns("no-aaaa", "udp", ApiName, "targetDns: { }", Soon, ", recordType: AAAA");
        Dns("cluster-ipv6", "udp", ApiName, "targetDns: {testIPv4: false, testIPv6: true}", Soon);
        if (application is { Address6.Length: > 0, PodAddress6.Length: > 0 })
        {
            Http("ipv6-service", $"host: 'http://[{application.Address6}]/?task=ipv6-service', method: POST, {Map("order")}", schedule: Soon);
            Http("ipv6-pod", $"host: 'http://[{application.PodAddress6}]:8080/?task=ipv6-pod', method: GET", schedule: Soon);
            Dns("ipv6-port", "udp", "www.shop.test", $"targetUser: {{server: '{application.PodAddress6}', port: 5353}}", Soon);
            Dns("families", "udp", "www.shop.test", $"targetDns: {{serviceName: served, serviceNamespace: {ServedApplication.Namespace}, testIPv6: true}}", Soon);
        }
        await ChooseAsync();
        Dns("chosen", "udp", "www.shop.test", $"targetUser: {{server: {application.Address}}}", Soon, more: $"sourceAgentNodeSelector: {{matchLabels: {{{Asks}: \"yes\"}}}}");
    }

    private async Task ChooseAsync()
    {
        ChosenNode = (await cluster.AgentsAsync()).Keys.Order(StringComparer.Ordinal).Last();
        var labelled = await cluster.Kubectl.RunAsync("label", "node", ChosenNode, $"{Asks}=yes");
        Assert.True(labelled.ExitCode == 0, labelled.All);
    }

    private async Task UnchooseAsync()
    {
        if (ChosenNode.Length > 0)
            await cluster.Kubectl.RunAsync("label", "node", ChosenNode, $"{Asks}-");
    }

    private async Task CountAsync() => AskedOfApi = await AskedAsync() - askedBefore;

    private async Task<long> AskedAsync()
    {
        var metrics = await cluster.Kubectl.RunAsync("get", "--raw", "/metrics");
        Assert.True(metrics.ExitCode == 0, metrics.All);
        return metrics.Output.Split('\n')
            .Where(line => line.StartsWith("apiserver_request_total{", StringComparison.Ordinal) && line.Contains("subresource=\"/livez\"", StringComparison.Ordinal))
            .Sum(line => (long)double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }
}
