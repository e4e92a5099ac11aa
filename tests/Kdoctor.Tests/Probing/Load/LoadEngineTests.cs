using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Probing.Load;

/// <summary>The open-loop core without a network: attempts that note when they were begun.</summary>
public sealed class LoadEngineTests
{
    [Fact]
    public async Task Every_request_of_the_timetable_is_begun_once_in_order_and_none_early()
    {
        await using var loop = new ProbingLoop();
        var plan = new NotingPlan();
        var result = await loop.RunAsync(new LoadAssignment
        {
            Load = new LoadPlan(500, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(20)),
            Phase = 0.7,
            StartIn = TimeSpan.FromMilliseconds(5),
            Targets = [new LoadTarget(0, plan), new LoadTarget(1, plan), new LoadTarget(2, plan)],
        });
        Assert.Equal(300, plan.Begun.Count);
        Assert.All(plan.Begun, begun => Assert.True(begun.NowNs >= begun.IntendedNs, $"{begun} is early"));
        Assert.Equal(plan.Begun.Select(begun => begun.IntendedNs).Order(), plan.Begun.Select(begun => begun.IntendedNs));
        Assert.All(result.Targets, shard => Assert.Equal((100, 100, 0), (shard.Planned, shard.Succeeded, shard.Unsent)));
        Assert.Equal(300, result.Lateness.Count);
    }

    [Fact]
    public async Task A_clock_that_stands_still_sends_nothing_and_one_that_jumps_leaves_the_rest_unsent()
    {
        var time = new FakeTimeProvider();
        await using var loop = new EventLoop("fake clock", time, exception => Assert.Fail(exception.Message));
        var plan = new NotingPlan();
        var run = new LoadRunner(loop, (_, _, _) => throw new NotSupportedException(), new Random(1)).Start(new LoadAssignment
        {
            Load = new LoadPlan(10, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1)),
            StartIn = TimeSpan.FromSeconds(5),
            Targets = [new LoadTarget(0, plan)],
        });
        await TurnAsync(loop);
        Assert.Equal(new LoadProgress(100, 0, 0, 0), run.Progress);

        // A second into the timetable with half a second of the requests' patience left: those of the first half second are too late.
        time.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(loop, () => run.Progress.Sent > 0);
        await TurnAsync(loop);
        Assert.Equal(6, run.Progress.Sent);

        time.Advance(TimeSpan.FromHours(1));
        loop.Wake();
        var result = await ProbingLoop.EndOf(run);
        var shard = Assert.Single(result.Targets);
        ProbingLoop.AssertConserved(shard);
        Assert.Equal((100, 6, 94), (shard.Planned, shard.Sent, shard.Unsent));
        Assert.Null(result.CutShort);
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 5, TimeSpan.Zero), result.Started);
    }

    [Fact]
    public async Task A_defect_in_a_probe_cuts_the_run_short_and_says_so()
    {
        var surprised = new TaskCompletionSource<Exception>();
        await using var loop = new EventLoop("defect", ProbingLoop.Clock, exception => surprised.TrySetResult(exception));
        var run = new LoadRunner(loop, (_, _, _) => throw new NotSupportedException(), new Random(1))
            .Start(ProbingLoop.Load(5, 1000, new NotingPlan { Defect = new InvalidOperationException("defect") }));
        var result = await ProbingLoop.EndOf(run);
        Assert.Contains("engine failed", result.CutShort, StringComparison.Ordinal);
        ProbingLoop.AssertConserved(result.Targets[0]);
        Assert.Equal("defect", (await surprised.Task).Message);
    }

    /// <remarks>Seen red: the run had no end, and its round waited to the deadline.</remarks>
    [Fact]
    public async Task A_probe_that_cannot_be_finished_ends_the_run_all_the_same_and_the_others_are_finished()
    {
        var surprised = new TaskCompletionSource<Exception>();
        await using var loop = new EventLoop("defect", ProbingLoop.Clock, exception => surprised.TrySetResult(exception));
        var (broken, other) = (new NotingPlan { FinishDefect = new InvalidOperationException("defect") }, new NotingPlan());
        var run = new LoadRunner(loop, (_, _, _) => throw new NotSupportedException(), new Random(1))
            .Start(ProbingLoop.Load(5, 1000, broken) with { Targets = [new LoadTarget(0, broken), new LoadTarget(1, other)] });
        var result = await ProbingLoop.EndOf(run);
        Assert.Contains("engine failed", result.CutShort, StringComparison.Ordinal);
        Assert.Equal((5, 5), (result.Targets[0].Succeeded, result.Targets[1].Succeeded));
        Assert.Equal("defect", (await surprised.Task).Message);
        Assert.Equal(1, other.Finished);
    }

    /// <remarks>Seen red: what the first probe held was never released.</remarks>
    [Fact]
    public async Task A_probe_that_cannot_be_made_lets_those_before_it_be_finished()
    {
        var surprised = new TaskCompletionSource<Exception>();
        await using var loop = new EventLoop("defect", ProbingLoop.Clock, exception => surprised.TrySetResult(exception));
        var (first, broken) = (new NotingPlan(), new NotingPlan { CreateDefect = new InvalidOperationException("defect") });
        var run = new LoadRunner(loop, (_, _, _) => throw new NotSupportedException(), new Random(1))
            .Start(ProbingLoop.Load(5, 1000, first) with { Targets = [new LoadTarget(0, first), new LoadTarget(1, broken)] });
        var result = await ProbingLoop.EndOf(run);
        Assert.Contains("engine failed", result.CutShort, StringComparison.Ordinal);
        Assert.Equal("defect", (await surprised.Task).Message);
        Assert.Equal(1, first.Finished);
    }

    [Theory]
    [InlineData(0, 1, 1, 0.5, 1)]
    [InlineData(double.NaN, 1, 1, 0.5, 1)]
    [InlineData(1, 0, 1, 0.5, 1)]
    [InlineData(1, 1, 0, 0.5, 1)]
    [InlineData(1, 1, 1, 1.5, 1)]
    [InlineData(1, 1, 1, 0.5, 0)]
    public async Task Nonsense_is_refused_before_anything_starts(double rate, int seconds, int timeout, double phase, int outstanding)
    {
        await using var loop = new ProbingLoop();
        Assert.Throws<ArgumentException>(() => loop.Runner.Start(new LoadAssignment
        {
            Load = new LoadPlan(rate, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(timeout)),
            Phase = phase,
            MaxOutstanding = outstanding,
            Targets = [],
        }));
    }

    private static Task TurnAsync(EventLoop loop)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => loop.Post(done.SetResult));
        return done.Task.WaitAsync(ProbingLoop.HangGuard, ProbingLoop.Clock);
    }

    private static async Task UntilAsync(EventLoop loop, Func<bool> condition)
    {
        loop.Wake();
        while (!condition())
            await TurnAsync(loop);
    }

    private sealed record NotingPlan : ProbePlan
    {
        internal List<(long IntendedNs, long NowNs)> Begun { get; } = [];

        internal Exception? Defect { get; init; }

        internal Exception? CreateDefect { get; init; }

        internal Exception? FinishDefect { get; init; }

        internal int Finished { get; set; }

        internal override Probe Create(ProbeSite site) => CreateDefect is { } defect ? throw defect : new NotingProbe(site.Loop, this);
    }

    private sealed class NotingProbe(EventLoop loop, NotingPlan plan) : Probe
    {
        internal override Attempt Rent() => new NotingAttempt(loop, plan);

        internal override void Finish()
        {
            plan.Finished++;
            if (plan.FinishDefect is { } defect)
                throw defect;
        }
    }

    private sealed class NotingAttempt(EventLoop loop, NotingPlan plan) : Attempt
    {
        internal override void Begin()
        {
            if (plan.Defect is { } defect)
                throw defect;
            plan.Begun.Add((IntendedNs, loop.NowNs));
            Engine!.End(this, new AttemptEnd(null, loop.NowNs));
        }

        internal override void TimeOut() => Engine!.End(this, new AttemptEnd(new Failure(FailureStage.Connect, FailureCause.TimedOut), loop.NowNs));

        internal override void Abandon()
        {
        }

        internal override string Describe() => "";
    }
}
