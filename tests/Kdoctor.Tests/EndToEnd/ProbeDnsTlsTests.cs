using System.Net.Security;
using System.Text.Json.Nodes;
using Kdoctor.TestKit.Dns;
using Kdoctor.TestKit.Processes;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary><c>kdoctor probe dns --protocol tcp-tls</c>: a server is verified when the user says by whom.</summary>
public sealed class ProbeDnsTlsTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly string folder = Directory.CreateTempSubdirectory("kdoctor-dot-").FullName;

    [Fact]
    public async Task A_server_is_verified_by_the_given_authority_and_name()
    {
        await using var server = Serve(["dns.test"]);
        var (exit, report) = await ProbeAsync(server, "--cacert", Written(authority), "--servername", "dns.test");
        Assert.Equal(0, exit);
        Assert.True((bool)report["target"]!["serverVerified"]!);
        Assert.Equal(20, (int)report["answers"]!["NOERROR"]!);

        (exit, report) = await ProbeAsync(server, "--cacert", Written(authority));
        Assert.Equal(1, exit);
        Assert.Equal(20, (int)report["failures"]!["handshake: certificate for another name"]!);
    }

    [Fact]
    public async Task S3_a_server_of_another_authority_fails_by_name_and_passes_only_unverified()
    {
        using var stranger = new TestAuthority();
        await using var server = Serve(["127.0.0.1"]);
        var (exit, report) = await ProbeAsync(server, "--cacert", Written(stranger));
        Assert.Equal(1, exit);
        Assert.Equal(20, (int)report["failures"]!["handshake: certificate untrusted"]!);

        (exit, report) = await ProbeAsync(server);
        Assert.Equal(0, exit);
        Assert.False((bool)report["target"]!["serverVerified"]!);
        var shown = Assert.Single(report["certificates"]!.AsArray())!;
        Assert.Equal(("127.0.0.1", 0), ((string)shown["names"]!, shown["doubts"]!.AsArray().Count));
    }

    [Fact]
    public async Task What_has_no_tls_cannot_be_verified()
    {
        var result = await KdoctorProcess.RunAsync(["probe", "dns", "127.0.0.1", "a.test", "--cacert", Written(authority)]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--cacert: --protocol udp has no TLS", result.Errors, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private StreamAnswerer Serve(string[] names)
    {
        var certificate = authority.Issue(names);
        return new StreamAnswerer(exchange => exchange.AnswerAllAsync(query => DnsMessage.Answer(query)), async (stream, ended) =>
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ended);
            return secure;
        });
    }

    private string Written(TestAuthority who)
    {
        var file = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllBytes(file, who.Pem);
        return file;
    }

    private static async Task<(int Exit, JsonNode Report)> ProbeAsync(StreamAnswerer server, params string[] options)
    {
        var result = await KdoctorProcess.RunAsync(
            ["probe", "dns", $"127.0.0.1:{server.EndPoint.Port}", "a.test", "--protocol", "tcp-tls", "--rate", "100", "--duration", "200ms", "--timeout", "20s", "-o", "json", .. options]);
        return (result.ExitCode, JsonNode.Parse(result.Output)!);
    }
}
