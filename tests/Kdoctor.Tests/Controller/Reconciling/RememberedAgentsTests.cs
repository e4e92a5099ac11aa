using Kdoctor.Controller.Reconciling;
using Kdoctor.TestKit.Reports;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

public sealed class RememberedAgentsTests
{
    private readonly FakeTimeProvider time = new(MeshRound.Noon);
    private readonly ConnectedStreams streams = new();

    [Fact]
    public void An_agent_that_dies_between_rounds_is_still_expected_and_not_connected()
    {
        var agents = new RememberedAgents(streams, time);
        streams.Set(1, 2);
        streams.Set(1);

        Assert.Equal([(MeshSnapshot.Agent(1).Id, true), (MeshSnapshot.Agent(2).Id, false)], agents.Expected.Select(agent => (agent.Id, agent.Connected)));
    }

    [Fact]
    public void It_is_forgotten_ten_minutes_after_it_went_and_not_before()
    {
        var agents = new RememberedAgents(streams, time);
        streams.Set(1);
        time.Advance(TimeSpan.FromHours(1));
        streams.Set();
        time.Advance(RememberedAgents.Memory);
        Assert.Single(agents.Expected);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(agents.Expected);
    }

    [Fact]
    public void One_that_comes_back_is_connected_again()
    {
        var agents = new RememberedAgents(streams, time);
        streams.Set(1);
        streams.Set();
        streams.Set(1);
        Assert.True(Assert.Single(agents.Expected).Connected);
    }

    [Fact]
    public void One_that_said_goodbye_is_not_expected_any_more()
    {
        var agents = new RememberedAgents(streams, time);
        streams.Set(1, 2);
        streams.Goodbye(2, 1);
        Assert.Equal(MeshSnapshot.Agent(1).Id, Assert.Single(agents.Expected).Id);
    }

    [Fact]
    public void One_that_says_goodbye_while_others_are_looked_at_is_not_expected_any_more()
    {
        var agents = new RememberedAgents(streams, time);
        streams.Set(1, 2);
        var leaving = new Thread(() => streams.Goodbye(2, 1));
        streams.WhileLookedAt = () =>
        {
            leaving.Start();
            SpinWait.SpinUntil(() => !leaving.IsAlive || leaving.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        };
        streams.Set(1, 2);
        leaving.Join();
        Assert.Equal(MeshSnapshot.Agent(1).Id, Assert.Single(agents.Expected).Id);
    }
}
