using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.TestKit.Tls;

/// <summary>A loop and a runner on the real clock, to probe one target a few times and look at its shard.</summary>
public sealed class ProbeBench : IAsyncDisposable
{
    private readonly EventLoop loop;
    private readonly LoadRunner runner;
    private readonly ConcurrentQueue<Exception> surprises = new();

#pragma warning disable RS0030 // Real sockets keep real time; no assertion does.
    public ProbeBench()
    {
        loop = new EventLoop("test probes", TimeProvider.System, surprises.Enqueue);
        runner = new LoadRunner(loop, (_, _, _) => Task.FromException<IReadOnlyList<IPAddress>>(new SocketException((int)SocketError.HostNotFound)), new Random(1));
    }
#pragma warning restore RS0030

    /// <summary>A request as tests send it.</summary>
    public static HttpRequestPlan Request(string method = "GET") => new() { Method = method, RequestTarget = "/", HostHeader = "test" };

    /// <summary>Sends so many requests at a hundred per second; every surprise of the engine is thrown here.</summary>
    public async Task<TargetShard> ProbeAsync(HttpProbePlan plan, int requests = 1, double rate = 100, TimeSpan? timeout = null, int maxOutstanding = 1000)
    {
        var run = runner.Start(new LoadAssignment
        {
            Load = new LoadPlan(rate, TimeSpan.FromSeconds(requests / rate), timeout ?? TimeSpan.FromSeconds(20)),
            Targets = [new LoadTarget(0, plan)],
            MaxOutstanding = maxOutstanding,
        });
        var result = await run.Completion.WaitAsync(TimeSpan.FromSeconds(60));
        if (!surprises.IsEmpty)
            throw new AggregateException(surprises);
        if (result.CutShort is { } reason)
            throw new InvalidOperationException(reason);
        return result.Targets[0];
    }

    public ValueTask DisposeAsync() => loop.DisposeAsync();
}
