using Kdoctor.Controller.Reconciling;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

public sealed class WorkQueueTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_added_twice_is_worked_on_once()
    {
        using var queue = new WorkQueue<string>(time);
        queue.Add("a");
        queue.Add("a");
        queue.Add("b");
        Assert.Equal("a", await queue.TakeAsync(Cancellation));
        Assert.Equal("b", await queue.TakeAsync(Cancellation));
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_again_afterwards()
    {
        using var queue = new WorkQueue<string>(time);
        queue.Add("a");
        await queue.TakeAsync(Cancellation);
        queue.Add("a");
        queue.Add("b");
        Assert.Equal("b", await queue.TakeAsync(Cancellation));
        queue.Done("a");
        Assert.Equal("a", await queue.TakeAsync(Cancellation));
    }

    /// <summary>Seen red: keys and times beyond a capacity were dropped, and a task whose time was dropped never became due.</summary>
    [Fact]
    public async Task Nothing_is_refused_however_much_there_is()
    {
        const int Keys = 20_000;
        using var queue = new WorkQueue<int>(time);
        for (var key = 0; key < Keys; key++)
        {
            queue.Add(key);
            queue.AddAt(Keys + key, time.GetUtcNow().AddSeconds(1));
        }
        for (var key = 0; key < Keys; key++)
            Assert.Equal(key, await TakenAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        HashSet<int> later = [];
        for (var key = 0; key < Keys; key++)
            Assert.True(later.Add(await TakenAsync()));

        // All are there already.
        Task<int> TakenAsync()
        {
            var taken = queue.TakeAsync(Cancellation).AsTask();
            return taken.IsCompleted ? taken : throw new InvalidOperationException("the queue is empty");
        }
    }

    [Fact]
    public async Task A_key_comes_when_its_earliest_time_has_come()
    {
        using var queue = new WorkQueue<string>(time);
        queue.AddAt("a", time.GetUtcNow().AddSeconds(20));
        queue.AddAt("a", time.GetUtcNow().AddSeconds(10));
        queue.AddAt("b", time.GetUtcNow().AddHours(3));
        var taking = queue.TakeAsync(Cancellation).AsTask();
        time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(taking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal("a", await taking);
        time.Advance(TimeSpan.FromHours(3));
        Assert.Equal("b", await queue.TakeAsync(Cancellation));
    }

    /// <summary>Timers count what has passed, and due times are the wall clock's: one that was set forward brings them nearer.</summary>
    /// <remarks>Seen red: the queue slept for up to an hour, and a round whose due time the clock had jumped near or over was missed.</remarks>
    [Fact]
    public async Task A_clock_that_is_set_forward_is_noticed_within_seconds()
    {
        using var queue = new WorkQueue<string>(time);
        queue.AddAt("a", time.GetUtcNow().AddMinutes(50));
        time.AdjustTime(time.GetUtcNow().AddMinutes(50));
        time.Advance(TimeSpan.FromSeconds(5));

        // It is there already.
        var taken = queue.TakeAsync(Cancellation).AsTask();
        Assert.True(taken.IsCompleted);
        Assert.Equal("a", await taken);
    }

    // C11: a delay in the past meant never.
    [Fact]
    public async Task A_time_that_has_passed_is_now()
    {
        using var queue = new WorkQueue<string>(time);
        queue.AddAt("a", time.GetUtcNow().AddHours(-1));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("a", await queue.TakeAsync(Cancellation));
    }
}
