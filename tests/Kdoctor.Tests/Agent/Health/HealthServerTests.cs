using System.Net;
using Kdoctor.Agent.Health;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Tests.Probing;
using Xunit;

namespace Kdoctor.Tests.Agent.Health;

public sealed class HealthServerTests : IAsyncLifetime
{
    private readonly EventLoop loop = new("health test", ProbingLoop.Clock, _ => { });
    private readonly HttpClient client = new() { Timeout = ProbingLoop.HangGuard };
    private HealthServer server = null!;

    public ValueTask InitializeAsync()
    {
        server = HealthServer.Start("uid-1", 0, loop);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        await loop.DisposeAsync();
    }

    [Fact]
    public async Task An_agent_is_alive_before_it_is_ready()
    {
        Assert.Equal("200 503 503", await AllAsync());
        server.Ready = true;
        Assert.Equal("200 200 200", await AllAsync());
        server.Ready = false;
        Assert.Equal("200 503 503", await AllAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/kdoctoragent")]
    [InlineData("/healthy/readiness/")]
    public async Task Nothing_else_is_there(string path) => Assert.Equal(404, await StatusAsync(path));

    [Fact]
    public async Task Metrics_are_told_as_text_once_there_are_some_and_connections_are_kept()
    {
        Assert.Equal(503, await StatusAsync("/metrics"));
        server.Metrics = () => "kdoctor_agent_connected 1\n"u8.ToArray();
        for (var time = 0; time < 3; time++)
        {
            using var answer = await client.GetAsync(Address("/metrics"), TestContext.Current.CancellationToken);
            Assert.Equal(Kdoctor.Core.Metrics.MetricPage.ContentType, answer.Content.Headers.ContentType!.ToString());
            Assert.Equal("kdoctor_agent_connected 1\n", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    private async Task<string> AllAsync() =>
        $"{await StatusAsync("/healthy/liveness")} {await StatusAsync("/healthy/startup")} {await StatusAsync("/healthy/readiness?verbose=1")}";

    private async Task<int> StatusAsync(string path)
    {
        using var answer = await client.GetAsync(Address(path), TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    private Uri Address(string path) => new(new UriBuilder("http", IPAddress.Loopback.ToString(), server.EndPoints[0].Port).Uri, path);
}
