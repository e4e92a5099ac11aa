using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;
using Xunit;

namespace Kdoctor.Tests.Probing;

/// <summary>A loop on the real clock, and short ways to run loads on it. Its end asserts that nobody was surprised.</summary>
internal sealed class ProbingLoop : IAsyncDisposable
{
    internal static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

#pragma warning disable RS0030 // Real sockets need the real clock.
    internal static readonly TimeProvider Clock = TimeProvider.System;
#pragma warning restore RS0030

    private readonly ConcurrentQueue<Exception> surprises = new();

    internal ProbingLoop(ResolveName? resolve = null, int seed = 1)
    {
        Loop = new EventLoop("test", Clock, surprises.Enqueue);
        Runner = new LoadRunner(Loop, resolve ?? ((host, _, _) => throw new InvalidOperationException($"nobody was to resolve {host}")), new Random(seed));
    }

    internal EventLoop Loop { get; }

    internal LoadRunner Runner { get; }

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync().AsTask().WaitAsync(HangGuard);
        Assert.Empty(surprises);
    }

    internal static HttpProbePlan Plan(IPEndPoint endPoint, bool echo = false, string? agent = null, bool keepAlive = false, string method = "GET", int? status = null) => new()
    {
        Host = endPoint.Address.ToString(),
        Port = endPoint.Port,
        Request = new HttpRequestPlan
        {
            Method = method,
            RequestTarget = "/",
            HostHeader = endPoint.ToString(),
            Echo = echo,
            KeepAlive = keepAlive,
            ExpectedStatus = status,
        },
        ExpectedAgentIds = agent is null ? [] : FrozenSet.Create(agent),
    };

    internal static LoadAssignment Load(int requests, int timeoutMs, params IEnumerable<ProbePlan> plans) => new()
    {
        Load = new LoadPlan(requests * 20, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(timeoutMs)),
        Targets = [.. plans.Select((plan, index) => new LoadTarget(index, plan))],
    };

    internal static Task<LoadResult> EndOf(LoadRun run) => run.Completion.WaitAsync(HangGuard, Clock);

    internal async Task<LoadResult> RunAsync(LoadAssignment assignment)
    {
        var result = await EndOf(Runner.Start(assignment));
        foreach (var shard in result.Targets)
            AssertConserved(shard);
        return result;
    }

    /// <summary>Sends a few requests to one target.</summary>
    internal async Task<TargetShard> ProbeAsync(HttpProbePlan plan, int requests = 3, int timeoutMs = 5000)
    {
        var result = await RunAsync(Load(requests, timeoutMs, plan));
        Assert.Null(result.CutShort);
        return Assert.Single(result.Targets);
    }

    internal static void AssertConserved(TargetShard shard)
    {
        Assert.Equal(shard.Planned, shard.Sent + shard.Unsent);
        Assert.Equal(shard.Sent, shard.Succeeded + shard.Failed + shard.Cancelled);
        Assert.Equal(shard.Succeeded, shard.Latency.Count);
        Assert.Equal(shard.Succeeded, shard.SendLatency.Count);
        Assert.True(shard.SendLatency.Sum <= shard.Latency.Sum);
        Assert.True(shard.Samples.Count <= TargetShard.MaxSamples);
    }

    internal static void AssertAll(TargetShard shard, FailureStage stage, FailureCause cause)
    {
        var (failure, count) = Assert.Single(shard.Failures);
        Assert.Equal(new Failure(stage, cause), failure);
        Assert.Equal(shard.Planned, count);
    }
}
