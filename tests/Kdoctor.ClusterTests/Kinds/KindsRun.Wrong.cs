namespace Kdoctor.ClusterTests.Kinds;

/// <content>Tasks that fail, each for a reason of its own.</content>
public sealed partial class KindsRun
{
    private void WriteWrong(string address, string podAddress)
    {
        Http("redirect", $"host: 'http://{address}/?task=redirect&status=302', method: GET");
        Http("default-backend", $"host: 'http://{address}/?task=default-backend&status=404', method: GET");
        Http("expired", $"host: 'https://{address}:9443/?task=expired', method: GET, {Secret("ca")}");
        Http("wrong-name", $"host: 'https://{podAddress}:8443/?task=wrong-name', method: GET, {Secret("ca")}");
        Http("no-name", "host: 'http://no-such-name.invalid', method: GET");
        Dns("nxdomain", "udp", "nobody.shop.test", $"targetUser: {{server: {address}, port: 53}}");
        Dns("servfail", "udp", "broken.shop.test", $"targetUser: {{server: {address}, port: 53}}");
        Dns("empty", "udp", "empty.shop.test", $"targetUser: {{server: {address}, port: 53}}");
        Dns("truncated", "udp", "large.shop.test", $"targetUser: {{server: {address}, port: 53}}");
        Dns("lame", "udp", "www.shop.test", $"targetDns: {{serviceName: {ServedApplication.LameDns}, serviceNamespace: {ServedApplication.Namespace}}}");
    }
}
