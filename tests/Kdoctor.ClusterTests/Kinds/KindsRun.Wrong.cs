namespace Kdoctor.ClusterTests.Kinds;

/// <content>Tasks that fail, each for a reason of its own.</content>
public sealed partial class KindsRun
{
    // When those that succeed are through with it, so that a small machine keeps up.
    private const string Later = "8s 1m";

    private void WriteWrong(string address, string podAddress)
    {
        Http("redirect", $"host: 'http://{address}/?task=redirect&status=302', method: GET", schedule: Later);
        Http("default-backend", $"host: 'http://{address}/?task=default-backend&status=404', method: GET", schedule: Later);
        Http("expired", $"host: 'https://{address}:9443/?task=expired', method: GET, {Secret("ca")}", schedule: Later);
        Http("wrong-name", $"host: 'https://{podAddress}:8443/?task=wrong-name', method: GET, {Secret("ca")}", schedule: Later);
        Http("unproven", $"host: 'https://{address}:10443/?task=unproven', method: GET, {Secret("ca")}", schedule: Later);
        Http("no-name", "host: 'http://no-such-name.default.svc.cluster.local', method: GET", schedule: Later);
        Dns("nxdomain", "udp", "nobody.shop.test", $"targetUser: {{server: {address}, port: 53}}", Later);
        Dns("servfail", "udp", "broken.shop.test", $"targetUser: {{server: {address}, port: 53}}", Later);
        Dns("empty", "udp", "empty.shop.test", $"targetUser: {{server: {address}, port: 53}}", Later);
        Dns("truncated", "udp", "large.shop.test", $"targetUser: {{server: {address}, port: 53}}", Later);
        Dns("lame", "udp", "www.shop.test", $"targetDns: {{serviceName: {ServedApplication.LameDns}, serviceNamespace: {ServedApplication.Namespace}}}", Later);
    }
}
