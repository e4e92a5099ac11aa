using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Tls;

/// <summary>Peers that break TLS, or want more of it: each a named failure.</summary>
public sealed class RudeTlsTests : IAsyncLifetime
{
    private readonly TlsBench bench = new();

    [Fact]
    public async Task Plain_text_on_the_tls_port_is_a_bad_answer_of_the_handshake()
    {
        await using var peer = new ScriptedPeer(async (socket, ended) =>
        {
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), ended);
            await ScriptedPeer.ReadHeadAsync(stream, ended);
        });
        await FailsAsync(peer.Port, FailureStage.Handshake, FailureCause.BadAnswer);
    }

    [Fact]
    public async Task A_peer_that_closes_instead_of_shaking_hands_closed_early()
    {
        await using var peer = new ScriptedPeer(async (socket, ended) => await socket.ReceiveAsync(new byte[4096], ended));
        await FailsAsync(peer.Port, FailureStage.Handshake, FailureCause.Closed);
    }

    [Fact]
    public async Task A_peer_that_never_shakes_hands_timed_out_there()
    {
        await using var peer = new ScriptedPeer(async (socket, ended) =>
        {
            while (await socket.ReceiveAsync(new byte[4096], ended) > 0)
            {
            }
        });
        var shard = await bench.Probes.ProbeAsync(bench.Plan(peer.Port), timeout: TimeSpan.FromMilliseconds(200));
        Assert.Equal([new Failure(FailureStage.Handshake, FailureCause.TimedOut)], shard.Failures.Keys);
    }

    [Fact]
    public async Task Nobody_there_is_refused_at_connect_as_without_tls()
    {
        var closed = new ScriptedPeer((_, _) => Task.CompletedTask);
        var port = closed.Port;
        await closed.DisposeAsync();
        await FailsAsync(port, FailureStage.Connect, FailureCause.Refused);
    }

    [Theory]
    [InlineData(0x0303)]
    [InlineData(0x0304)]
    public async Task A_missing_client_certificate_is_named_where_the_peer_sends_an_alert_in_every_version(int version)
    {
        using var peer = new OpenSslPeer(bench.Authority.Issue(["127.0.0.1"]), version, clientAuthority: bench.Authority.Pem);
        var failed = await bench.Probes.ProbeAsync(bench.Plan(peer.Port));
        Assert.Equal([new Failure(FailureStage.Handshake, FailureCause.ClientCertificateMissing)], failed.Failures.Keys);
        Assert.Equal(version == 0x0304 ? "the peer sent the alert certificate_required (116)" : "the peer sent the alert handshake_failure (40)", failed.Samples[0].Text);

        var client = TestAuthority.PemOf(bench.Authority.Issue(["client.test"]));
        var plan = bench.Plan(peer.Port, bench.Verifying() with { CertificatePem = client.Certificate, KeyPem = client.Key });
        Assert.Equal(1, (await bench.Probes.ProbeAsync(plan)).Succeeded);
    }

    // The platform's own servers end such a connection without an alert.
    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls13, true)]
    public async Task A_missing_client_certificate_is_named_where_the_peer_ends_the_connection_without_a_word(SslProtocols protocol, bool reset)
    {
        await using var peer = new ScriptedPeer(async (socket, ended) =>
        {
            await using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, given, _, _) => given is null);
            var options = TlsBench.Options(bench.Authority.Issue(["127.0.0.1"]), protocol);
            options.ClientCertificateRequired = true;
            await stream.AuthenticateAsServerAsync(options, ended);
            if (reset)
                socket.Close(0);
        });
        var failed = await bench.Probes.ProbeAsync(bench.Plan(peer.Port));
        Assert.Equal([new Failure(FailureStage.Handshake, FailureCause.ClientCertificateMissing)], failed.Failures.Keys);
        Assert.Equal("the peer asked for a client certificate, was given none and ended the connection", failed.Samples[0].Text);
    }

    [Fact]
    public async Task A_peer_that_asks_for_a_client_certificate_and_answers_without_one_is_not_blamed_for_what_follows()
    {
        await using var peer = new ScriptedPeer(async (socket, ended) =>
        {
            await using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, given, _, _) => given is null);
            var options = TlsBench.Options(bench.Authority.Issue(["127.0.0.1"]));
            options.ClientCertificateRequired = true;
            await stream.AuthenticateAsServerAsync(options, ended);
            await ScriptedPeer.ReadHeadAsync(stream, ended);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"u8.ToArray(), ended);
        });
        await FailsAsync(peer.Port, FailureStage.Body, FailureCause.Closed);
    }

    [Fact]
    public async Task A_peer_that_speaks_only_old_tls_is_named()
    {
        using var peer = new OpenSslPeer(bench.Authority.Issue(["127.0.0.1"]), version: 0x0302, clientAuthority: []);
        await FailsAsync(peer.Port, FailureStage.Handshake, FailureCause.TlsAlert);
    }

    [Fact]
    public async Task A_body_that_ends_without_close_notify_is_cut()
    {
        await using var peer = new ScriptedPeer(async (socket, ended) =>
        {
            await using var stream = new SslStream(new NetworkStream(socket));
            await stream.AuthenticateAsServerAsync(TlsBench.Options(bench.Authority.Issue(["127.0.0.1"])), ended);
            await ScriptedPeer.ReadHeadAsync(stream, ended);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\nhalf of i"u8.ToArray(), ended);
            socket.Shutdown(SocketShutdown.Send);
            await socket.ReceiveAsync(new byte[1], ended);
        });
        await FailsAsync(peer.Port, FailureStage.Body, FailureCause.Closed);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
    public async Task Tls_cut_at_any_byte_is_a_named_failure_in_the_right_stage(SslProtocols protocol, bool reset)
    {
        var certificate = bench.Authority.Issue(["127.0.0.1"]);
        var cut = 0;
        await using var peer = new ScriptedPeer(async (socket, ended) =>
        {
            await using var stream = new SslStream(new CutStream(socket, Volatile.Read(ref cut), reset));
            await stream.AuthenticateAsServerAsync(TlsBench.Options(certificate, protocol), ended);
            await TlsBench.AnswerAllAsync(stream, ended);
        });
        var stages = new List<FailureStage>();
        while (true)
        {
            var shard = await bench.Probes.ProbeAsync(bench.Plan(peer.Port), rate: 1000);
            if (shard.Succeeded == 1)
                break;
            var failure = Assert.Single(shard.Failures.Keys);
            Assert.Contains(failure.Cause, new[] { FailureCause.Closed, FailureCause.Reset });

            // A reset behind the handshake meets the request on its way or the wait for its answer, as the two peers happen to run.
            stages.Add(reset && failure.Stage == FailureStage.Send ? FailureStage.FirstByte : failure.Stage);
            Volatile.Write(ref cut, cut + (cut < 20 ? 1 : 37));
        }
        Assert.Equal(FailureStage.Handshake, stages[0]);
        Assert.Equal(stages.Order(), stages);
        Assert.True(stages.Count > 20, $"only {stages.Count} cuts");
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private async Task FailsAsync(int port, FailureStage stage, FailureCause cause)
    {
        var shard = await bench.Probes.ProbeAsync(bench.Plan(port), requests: 2);
        Assert.Equal([new Failure(stage, cause)], shard.Failures.Keys);
        Assert.Equal(2, shard.Failed);
    }
}
