using System.Threading.Channels;
using Kdoctor.Controller.Sessions;
using Kdoctor.Core.Protocol;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Sessions;

/// <summary>What agents know of the ways to the controllers while their streams stay open.</summary>
public sealed class ToldAddressesTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider time = new();
    private readonly Channel<ControllerMessage> said = Channel.CreateUnbounded<ControllerMessage>();
    private readonly Channel<bool> asked = Channel.CreateUnbounded<bool>();
    private string[] ways = ["10.0.0.1:3000"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <remarks>Seen red: an agent knew the ways of the day on which it connected, and not the node port that was installed since.</remarks>
    [Fact]
    public async Task A_way_that_is_new_is_told_and_the_same_ones_are_not_told_again()
    {
        using var stream = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var told = new ToldAddresses(Ways, said.Writer.TryWrite, time);
        told.Tell();
        var keeping = told.KeepAsync(stream.Token);
        Assert.Equal(["10.0.0.1:3000"], await SaidAsync());
        await asked.Reader.ReadAsync(Cancellation);

        time.Advance(Look);
        await asked.Reader.ReadAsync(Cancellation);
        ways = ["10.0.0.1:3000", "172.30.0.13:30300"];
        time.Advance(Look);
        Assert.Equal(ways, await SaidAsync());
        Assert.False(said.Reader.TryRead(out _));

        await stream.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => keeping);
    }

    [Fact]
    public async Task An_agent_is_told_sixteen_different_ones_at_most()
    {
        ways = [.. Enumerable.Range(0, 40).Select(number => $"10.0.0.{number / 2}:3000")];
        new ToldAddresses(Ways, said.Writer.TryWrite, time).Tell();
        Assert.Equal(Enumerable.Range(0, 16).Select(number => $"10.0.0.{number}:3000"), await SaidAsync());
    }

    private string[] Ways()
    {
        asked.Writer.TryWrite(true);
        return ways;
    }

    private async Task<IEnumerable<string>> SaidAsync() => (await said.Reader.ReadAsync(Cancellation)).Welcome.ControllerAddresses;
}
