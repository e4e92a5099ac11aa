using System.Text.RegularExpressions;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.ClusterTests.Access;

/// <summary>A connection to a port of the installation as any stranger inside the cluster has it: no certificate, no token, no front proxy between.</summary>
internal static partial class PortForward
{
    /// <summary>Lets something happen while a local port leads to one of the installation's.</summary>
    /// <param name="kubectl">Where.</param>
    /// <param name="what">For example <c>service/kdoctor-controller</c>.</param>
    /// <param name="port">Its port.</param>
    /// <param name="then">What to do with the client and the local authority, for example <c>127.0.0.1:40001</c>.</param>
    public static async Task UseAsync(Kubectl kubectl, string what, int port, Func<HttpClient, string, Task> then)
    {
        var authority = "";
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } };
        using var client = new HttpClient(handler);
        await kubectl.FollowAsync(
            line => Forwarding().Match(line) is { Success: true } match && (authority = match.Groups[1].Value).Length > 0,
            () => then(client, authority),
            line => line.StartsWith("Handling connection", StringComparison.Ordinal),
            "-n", InstalledCluster.Namespace, "port-forward", what, $":{port}", "--address", "127.0.0.1");
        Assert.NotEqual("", authority);
    }

    [GeneratedRegex(@"^Forwarding from (127\.0\.0\.1:\d+)")]
    private static partial Regex Forwarding();
}
