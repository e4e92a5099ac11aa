using System.Net;
using Kdoctor.Controller.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Serving;

public sealed class ControllerHealthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readiness_waits_for_all_that_is_missing_and_ends_when_the_process_stops_and_life_ends_with_a_loop()
    {
        var health = new ControllerHealth();
        var (certificates, tasks, loop) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        health.Await("tasks", tasks.Task);
        health.Await("certificates", certificates.Task);
        health.Live("reconciling", loop.Task);
        await using var listener = await HealthListener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), health, () => "kdoctor_leader 1\n", NullLoggerFactory.Instance, Cancellation);
        using var client = new HttpClient { BaseAddress = listener.Address };
        async Task<(int, string)> AskAsync(string path)
        {
            using var answer = await client.GetAsync(new Uri("/healthy/" + path, UriKind.Relative), Cancellation);
            return ((int)answer.StatusCode, (await answer.Content.ReadAsStringAsync(Cancellation)).Trim());
        }

        Assert.Equal((200, "ok"), await AskAsync("startup"));
        Assert.Equal((503, "waits for certificates, tasks"), await AskAsync("readiness"));
        certificates.SetResult();
        Assert.Equal((503, "waits for tasks"), await AskAsync("readiness"));
        tasks.SetResult();
        Assert.Equal((200, "ok"), await AskAsync("readiness"));
        Assert.Equal((200, "ok"), await AskAsync("liveness"));
        loop.SetException(new InvalidOperationException("broken"));
        Assert.Equal((503, "reconciling ended: broken"), await AskAsync("liveness"));
        health.Stop();
        Assert.Equal((503, "it stops"), await AskAsync("readiness"));
        Assert.Equal((200, "ok"), await AskAsync("liveness"));
        Assert.Equal(404, (await AskAsync("other")).Item1);
        Assert.Equal("kdoctor_leader 1\n", await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation));
    }
}
