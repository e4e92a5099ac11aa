using Kdoctor.Agent.Dialling;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Agent.Dialling;

public sealed class ConnectionRaceTests
{
    private static readonly Uri Dead = new("https://192.0.2.1:3000");
    private static readonly Uri Gone = new("https://192.0.2.2:3000");
    private static readonly Uri Live = new("https://192.0.2.3:3000");

    private readonly FakeTimeProvider time = new();
    private readonly Dictionary<Uri, TaskCompletionSource<Stream>> dials = [];
    private readonly List<string> failures = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_that_answers_wins_and_nobody_else_is_dialled()
    {
        var racing = Run(Live, Dead);
        dials[Live].SetResult(new MemoryStream());
        Assert.Equal(Live, (await racing)!.Address);
        Assert.False(dials.ContainsKey(Dead));
    }

    [Fact]
    public async Task An_address_at_which_nobody_is_any_more_holds_the_next_up_for_a_quarter_of_a_second()
    {
        var racing = Run(Dead, Live);
        time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(dials.ContainsKey(Live));
        time.Advance(TimeSpan.FromMilliseconds(1));
        dials[Live].SetResult(new MemoryStream());
        Assert.Equal(Live, (await racing)!.Address);
        Assert.True(dials[Dead].Task.IsCanceled);
    }

    [Fact]
    public async Task One_that_refuses_holds_nobody_up()
    {
        var racing = Run(Gone, Live);
        dials[Gone].SetException(new IOException("refused"));
        dials[Live].SetResult(new MemoryStream());
        Assert.Equal(Live, (await racing)!.Address);
        Assert.Equal([$"{Gone} refused"], failures);
    }

    [Fact]
    public async Task Where_nobody_answers_it_is_over_a_second_and_a_half_after_the_last_was_dialled_and_says_why()
    {
        var racing = Run(Dead, Gone);
        for (var step = 0; step < 7; step++)
            time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Null(await racing);
        Assert.Equal([$"{Dead} no answer within 1.5 s", $"{Gone} no answer within 1.5 s"], failures);
    }

    [Fact]
    public async Task A_connection_that_comes_too_late_is_closed()
    {
        var late = new ClosingStream();
        var racing = Run(async (address, given) => address == Live ? new MemoryStream() : await OnGivenUpAsync(late, given).ConfigureAwait(false), Dead, Live);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(Live, (await racing)!.Address);
        Assert.True(late.IsClosed);
    }

    /// <remarks>Seen red while the winner waited for all others: a silent DNS held every agent up for twenty seconds.</remarks>
    [Fact]
    public async Task A_name_that_is_still_being_resolved_holds_nobody_up_and_fails_in_time()
    {
        var resolving = new TaskCompletionSource<Stream>();
        var racing = Run((address, _) => address == Live ? Task.FromResult<Stream>(new MemoryStream()) : resolving.Task, Dead, Live);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(Live, (await racing)!.Address);

        racing = Run((_, _) => resolving.Task, Dead);
        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Null(await racing);
        Assert.Equal([$"{Dead} no answer within 1.5 s"], failures);

        var late = new ClosingStream();
        resolving.SetResult(late);
        Assert.True(late.IsClosed);
    }

    // It is open just when nobody wants it any more.
    private static async Task<Stream> OnGivenUpAsync(Stream late, CancellationToken given)
    {
        var opened = new TaskCompletionSource<Stream>();
        await using var registered = given.Register(() => opened.TrySetResult(late));
        return await opened.Task.ConfigureAwait(false);
    }

    private Task<ConnectionRace.Won?> Run(params Uri[] addresses) => Run(OpenAsync, addresses);

    // Without a context of its own the thread that lets time pass does what comes of it before it goes on.
    private Task<ConnectionRace.Won?> Run(Func<Uri, CancellationToken, Task<Stream>> open, params Uri[] addresses)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        return new ConnectionRace(open, time).RunAsync(addresses, Fail, Cancellation);
    }

    private void Fail(Uri address, string reason) => failures.Add($"{address} {reason}");

    private async Task<Stream> OpenAsync(Uri address, CancellationToken cancellation)
    {
        var dial = dials[address] = new TaskCompletionSource<Stream>();
        await using var given = cancellation.Register(() => dial.TrySetCanceled(cancellation));
        return await dial.Task.ConfigureAwait(false);
    }

    private sealed class ClosingStream : MemoryStream
    {
        public bool IsClosed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }
}
