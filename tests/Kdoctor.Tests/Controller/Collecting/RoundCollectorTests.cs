using Kdoctor.Controller.Storage;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Controller.Collecting;

public sealed class RoundCollectorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_round_ends_as_soon_as_every_agent_has_delivered()
    {
        await using var rig = new CollectorRig();
        var sessions = new[] { await rig.ConnectAsync(0), await rig.ConnectAsync(1), await rig.ConnectAsync(2) };
        Assert.True(await rig.BeginAsync());
        for (var agent = 0; agent < 3; agent++)
            Assert.Null(await rig.DeliverAsync(agent));
        var row = await rig.EndedAsync();
        Assert.Equal(Verdict.Succeed, row.Verdict);
        Assert.Equal(3, row.Tally!.Reported);
        var assignment = Assert.Single(CollectorRig.Told(sessions[1])).Assignment;
        Assert.Equal(rig.Mesh.Plan.Id.ToString(), assignment.RoundId);
        Assert.Equal(1000, assignment.StartInMs);
        Assert.Equal(1.0 / 3, assignment.Phase, 6);
        Assert.Equal(rig.Mesh.Plan.Targets.Length, assignment.Targets.Count);
        Assert.Equal(["id-1", "id-2", "id-3"], assignment.MeshAgentIds);
    }

    [Fact]
    public async Task A_round_that_is_recorded_already_is_not_told_to_anybody()
    {
        await using var rig = new CollectorRig();
        var session = await rig.ConnectAsync(0);
        Assert.True(await rig.BeginAsync());
        Assert.False(await rig.BeginAsync());
        Assert.Single(CollectorRig.Told(session));
    }

    /// <summary>C22, collecting stood still where an agent could not be reached. Against the defect: one agent is waited for before the next, and the others' results are not in when the deadline comes.</summary>
    /// <remarks>Seen red: RoundCollector takes a shard only when all agents before have reported.</remarks>
    [Fact]
    public async Task C22_a_silent_agent_that_stays_connected_costs_the_round_until_its_deadline_and_nothing_else()
    {
        await using var rig = new CollectorRig();
        var sessions = new[] { await rig.ConnectAsync(0), await rig.ConnectAsync(1), await rig.ConnectAsync(2) };
        await rig.BeginAsync();
        await rig.DeliverAsync(0);
        await rig.DeliverAsync(2);
        rig.Time.SetUtcNow(rig.Mesh.Plan.Deadline.AddTicks(-1));
        Assert.Equal(RoundState.Ongoing, (await rig.RowAsync()).State);
        rig.Time.SetUtcNow(rig.Mesh.Plan.Deadline);
        var row = await rig.EndedAsync();
        Assert.Equal(Verdict.Fail, row.Verdict);
        Assert.Equal(["node-2"], row.Tally!.SilentNodes);
        Assert.Equal(["node-1", "node-3"], row.Tally.SucceededNodes);
        var verdict = (await rig.Store.RoundAsync(row.Id, Cancellation))!.Verdict!;
        Assert.Contains("deadline", Assert.Single(verdict.Agents, agent => agent.State == AgentState.Silent).Reasons[0], StringComparison.Ordinal);

        // C13: what overran went on into the next round; here it is told to stop.
        Assert.Equal(rig.Mesh.Plan.Id.ToString(), CollectorRig.Told(sessions[1])[^1].Cancel.RoundId);
    }

    /// <remarks>Seen red: nobody is told, so that an agent with one request that hangs is silent, and all that it measured is lost.</remarks>
    [Fact]
    public async Task An_agent_that_still_waits_for_answers_is_told_before_the_deadline_to_hand_in_and_what_it_has_counts()
    {
        await using var rig = new CollectorRig(2);
        await rig.ConnectAsync(0);
        var second = await rig.ConnectAsync(1);
        var plan = rig.Mesh.Plan;
        var (sent, deadline) = (plan.Start + plan.Load.Duration, plan.Start + plan.Load.Duration + TimeSpan.FromSeconds(1));
        await rig.Collector.BeginAsync(rig.Record with { Plan = plan with { Deadline = deadline } }, null);
        await rig.DeliverAsync(0);
        await using var told = second.Outgoing(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await told.MoveNextAsync());

        // A tenth of the round's time before its end the last requests have just been sent.
        rig.Time.SetUtcNow(sent + TimeSpan.FromSeconds(0.4));
        Assert.True(rig.Time.GetUtcNow() > deadline - ((deadline - plan.Start) * 0.1));
        Assert.Equal(RoundState.Ongoing, (await rig.RowAsync()).State);
        second.TrySend(new ControllerMessage { Acknowledged = new ShardAcknowledged() });
        rig.Time.SetUtcNow(sent + TimeSpan.FromSeconds(0.5));
        Assert.True(await told.MoveNextAsync());
        Assert.NotNull(told.Current.Acknowledged);
        Assert.True(await told.MoveNextAsync());
        Assert.Equal((plan.Id.ToString(), "the round's deadline was near"), (told.Current.Cancel?.RoundId, told.Current.Cancel?.Reason));

        await rig.DeliverAsync(rig.Mesh.Shard(1, cutShort: "the round's deadline was near"));
        var row = await rig.EndedAsync();
        Assert.Equal((Verdict.Unknown, 2), (row.Verdict, row.Tally!.Reported));
        Assert.Empty(row.Tally.SilentNodes);
    }

    [Fact]
    public async Task An_agent_whose_stream_is_gone_is_awaited_until_its_results_are_overdue()
    {
        await using var rig = await WithTheSecondAgentGoneAsync();
        var overdue = rig.Mesh.Plan.Start + rig.Mesh.Plan.Load.Duration + rig.Mesh.Plan.Load.RequestTimeout + TimeSpan.FromSeconds(15);
        Assert.True(overdue < rig.Mesh.Plan.Deadline);
        rig.Time.SetUtcNow(overdue.AddTicks(-1));
        Assert.Equal(RoundState.Ongoing, (await rig.RowAsync()).State);
        rig.Time.SetUtcNow(overdue);
        Assert.Equal(["node-2"], (await rig.EndedAsync()).Tally!.SilentNodes);
    }

    [Fact]
    public async Task An_agent_that_comes_back_with_the_round_still_delivers()
    {
        await using var rig = await WithTheSecondAgentGoneAsync();
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddSeconds(12));
        await rig.ConnectAsync(1, rig.Mesh.Plan.Id.ToString());
        await rig.DeliverAsync(1);
        Assert.Equal(Verdict.Succeed, (await rig.EndedAsync()).Verdict);
    }

    [Fact]
    public async Task An_agent_that_comes_back_without_the_round_has_lost_it()
    {
        await using var rig = await WithTheSecondAgentGoneAsync();
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddSeconds(3));
        var back = await rig.ConnectAsync(1);
        var row = await rig.EndedAsync();
        Assert.Equal(Verdict.Fail, row.Verdict);
        Assert.Contains("restarted during the round", (await rig.Store.RoundAsync(row.Id, Cancellation))!.Verdict!.Agents[1].Reasons[0], StringComparison.Ordinal);
        Assert.DoesNotContain(CollectorRig.Told(back), message => message.Assignment is not null);
    }

    [Fact]
    public async Task An_agent_whose_stream_broke_before_it_was_told_is_told_when_it_is_back_and_its_load_counts_until_it_ends()
    {
        await using var rig = await WithTheSecondAgentGoneAsync("process-2");
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddSeconds(9));
        var back = await rig.ConnectProcessAsync(1, "process-2");
        Assert.Equal(rig.Time.GetUtcNow() + rig.Mesh.Plan.Load.Duration + rig.Mesh.Plan.Load.RequestTimeout + TimeSpan.FromSeconds(1), Assert.Single(rig.Collector.Demands).Ends);
        await rig.DeliverAsync(1);
        Assert.Equal(Verdict.Succeed, (await rig.EndedAsync()).Verdict);
        Assert.Equal((rig.Mesh.Plan.Id.ToString(), 0), CollectorRig.Told(back).First(message => message.Assignment is not null).Assignment is var told ? (told.RoundId, told.StartInMs) : default);
    }

    /// <remarks>Seen red while such an agent was called silent: a stream that broke just before the round cost a whole node's results.</remarks>
    [Fact]
    public async Task An_agent_that_was_not_connected_when_the_round_began_is_told_when_it_comes()
    {
        await using var rig = new CollectorRig(2);
        await rig.ConnectAsync(0);
        await rig.BeginAsync();
        await rig.DeliverAsync(0);
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddSeconds(9));
        var came = await rig.ConnectAsync(1);
        await rig.DeliverAsync(1);
        Assert.Equal(Verdict.Succeed, (await rig.EndedAsync()).Verdict);
        Assert.Contains(CollectorRig.Told(came), message => message.Assignment?.RoundId == rig.Mesh.Plan.Id.ToString());
    }

    /// <remarks>Seen red: results were overdue as if it had begun in time, and a stream that broke for a moment while it still probed made it silent.</remarks>
    [Fact]
    public async Task An_agent_that_began_late_has_as_long_to_deliver_as_the_others()
    {
        await using var rig = new CollectorRig(2);
        var plan = rig.Mesh.Plan;
        await rig.ConnectAsync(0);
        await rig.BeginAsync();
        await rig.DeliverAsync(0);
        var began = plan.Start.AddSeconds(20);
        rig.Time.SetUtcNow(began);
        var came = await rig.ConnectAsync(1);
        var overdue = began + plan.Load.Duration + plan.Load.RequestTimeout + TimeSpan.FromSeconds(15);
        Assert.True(overdue < plan.Deadline);
        rig.Time.SetUtcNow(overdue.AddTicks(-1));
        await rig.DisconnectAsync(came);
        Assert.Equal(RoundState.Ongoing, (await rig.RowAsync()).State);
        rig.Time.SetUtcNow(overdue);
        Assert.Equal(["node-2"], (await rig.EndedAsync()).Tally!.SilentNodes);
    }

    [Fact]
    public async Task An_agent_that_connects_too_late_for_its_part_is_silent()
    {
        await using var rig = new CollectorRig(2);
        await rig.ConnectAsync(0);
        await rig.Collector.BeginAsync(rig.Record with { Plan = rig.Mesh.Plan with { Deadline = rig.Mesh.Plan.Start.AddSeconds(21) } }, null);
        await rig.DeliverAsync(0);
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddSeconds(10.5));
        Assert.DoesNotContain(CollectorRig.Told(await rig.ConnectAsync(1)), message => message.Assignment is not null);
        var row = await rig.EndedAsync();
        Assert.Contains("it was not connected when the round began, and came too late to take part", (await rig.Store.RoundAsync(row.Id, Cancellation))!.Verdict!.Agents[1].Reasons[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another", 9, false, "it restarted during the round, or lost its stream before it was told")]
    [InlineData(null, 9, false, "it restarted during the round, or lost its stream before it was told")]
    [InlineData("process-2", 9, true, "it restarted during the round, or lost its stream before it was told")]
    [InlineData("process-2", 10.5, false, "its stream broke before it was told of the round, and it came back too late to take part")]
    public async Task An_agent_is_not_told_late_where_it_may_have_begun_or_has_no_time(string? instance, double seconds, bool progressed, string reason)
    {
        await using var rig = await WithTheSecondAgentGoneAsync("process-2", TimeSpan.FromSeconds(21));
        if (progressed)
            rig.Collector.Progressed("id-2", new ProgressMessage { RoundId = rig.Mesh.Plan.Id.ToString(), Planned = 700, Sent = 1 });
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddSeconds(seconds));
        Assert.DoesNotContain(CollectorRig.Told(await rig.ConnectProcessAsync(1, instance)), message => message.Assignment is not null);
        var row = await rig.EndedAsync();
        Assert.Contains(reason, (await rig.Store.RoundAsync(row.Id, Cancellation))!.Verdict!.Agents[1].Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_connects_before_the_start_is_told_of_the_round()
    {
        await using var rig = new CollectorRig(2);
        await rig.BeginAsync();
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddMilliseconds(-400));
        var session = await rig.ConnectAsync(0);
        Assert.Equal(400, Assert.Single(CollectorRig.Told(session)).Assignment.StartInMs);
    }

    [Fact]
    public async Task A_late_shard_is_kept_and_shown_and_does_not_count()
    {
        await using var rig = new CollectorRig(2);
        await rig.ConnectAsync(0);
        await rig.BeginAsync();
        await rig.DeliverAsync(0);
        rig.Time.SetUtcNow(rig.Mesh.Plan.Deadline);
        var row = await rig.EndedAsync();
        Assert.Null(await rig.DeliverAsync(1));
        Assert.Equal(Verdict.Fail, (await rig.RowAsync()).Verdict);
        Assert.Equal(row.Ended, (await rig.RowAsync()).Ended);
        Assert.True((await rig.Store.ShardAgentsAsync(row.Id, Cancellation))["id-2"]);
    }

    [Fact]
    public async Task A_restarted_controller_goes_on_with_what_it_had()
    {
        await using var rig = new CollectorRig();
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
        await rig.ConnectAsync(2);
        await rig.BeginAsync();
        await rig.DeliverAsync(0);
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddSeconds(2));
        await rig.RestartAsync();
        await rig.ConnectAsync(1, rig.Mesh.Plan.Id.ToString());
        await rig.ConnectAsync(2, rig.Mesh.Plan.Id.ToString());
        await rig.ConnectAsync(0);
        await rig.DeliverAsync(2);
        await rig.DeliverAsync(1);
        Assert.Equal(Verdict.Succeed, (await rig.EndedAsync()).Verdict);
    }

    [Fact]
    public async Task A_restarted_controller_ends_at_once_a_round_that_nobody_holds()
    {
        await using var rig = new CollectorRig(2);
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
        await rig.BeginAsync();
        rig.Time.SetUtcNow(rig.Mesh.Plan.Start.AddSeconds(2));
        await rig.RestartAsync();
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
        Assert.Equal(Verdict.Unknown, (await rig.EndedAsync()).Verdict);
    }

    [Fact]
    public async Task A_superseded_round_is_unknown_and_says_why_and_stops_its_load()
    {
        await using var rig = new CollectorRig(2);
        var session = await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
        await rig.BeginAsync();
        await rig.DeliverAsync(1);
        await rig.Collector.SupersedeAsync(rig.Mesh.Task.Uid, "the task was changed while the round ran");
        var row = await rig.EndedAsync();
        Assert.Equal(Verdict.Unknown, row.Verdict);
        Assert.Equal(
            "superseded: the task was changed while the round ran; until then: 1 of 2 agents had handed in their results, 500 of 500 requests succeeded", row.Summary);
        var agents = (await rig.Store.RoundAsync(row.Id, Cancellation))!.Verdict!.Agents;
        Assert.Equal([(AgentState.Silent, Verdict.Unknown), (AgentState.Reported, Verdict.Succeed)], agents.Select(agent => (agent.State, agent.Verdict)));
        Assert.Equal("agent agent-1 on node-1 had not handed in its results yet", Assert.Single(agents[0].Reasons));
        Assert.NotNull(CollectorRig.Told(session)[1].Cancel);
    }

    [Fact]
    public async Task A_deleted_task_leaves_no_round_and_its_shards_are_refused_for_good()
    {
        await using var rig = new CollectorRig(2);
        var session = await rig.ConnectAsync(0);
        await rig.BeginAsync();
        await rig.Collector.RemoveTaskAsync(rig.Mesh.Task.Uid);
        Assert.Empty(await rig.Store.TaskUidsAsync(Cancellation));
        Assert.Equal("the round is unknown: its task was deleted, or its records were lost", await rig.DeliverAsync(0));
        Assert.NotNull(CollectorRig.Told(session)[1].Cancel);
    }

    [Fact]
    public async Task A_deleted_task_stops_its_load_before_anything_else_is_done()
    {
        await using var rig = new CollectorRig(2);
        var session = await rig.ConnectAsync(0);
        await rig.BeginAsync();
        rig.Collector.StopLoad(rig.Mesh.Plan.TaskKind, "another");
        rig.Collector.StopLoad(rig.Mesh.Plan.TaskKind, rig.Mesh.Plan.TaskName);
        Assert.Equal([ControllerMessage.BodyOneofCase.Assignment, ControllerMessage.BodyOneofCase.Cancel], CollectorRig.Told(session).Select(message => message.BodyCase));
    }

    [Fact]
    public async Task An_agent_that_was_away_while_its_round_ended_is_told_to_stop_when_it_is_back()
    {
        await using var rig = new CollectorRig(2);
        await rig.Collector.ResumeAsync();
        await rig.BeginAsync();
        var round = rig.Mesh.Plan.Id.ToString();
        Assert.Empty(CollectorRig.Told(await rig.ConnectAsync(0, round)));
        await rig.Collector.RemoveTaskAsync(rig.Mesh.Task.Uid);
        Assert.Equal(round, Assert.Single(CollectorRig.Told(await rig.ConnectAsync(1, round))).Cancel.RoundId);
    }

    [Fact]
    public async Task Before_the_running_rounds_are_known_no_agent_is_told_to_stop()
    {
        await using var rig = new CollectorRig(2);
        Assert.Empty(CollectorRig.Told(await rig.ConnectAsync(1, rig.Mesh.Plan.Id.ToString())));
    }

    /// <summary>C10, two replicas on one node were one. Against the defect: the node's name is the identity, and the second agent's shard is ignored.</summary>
    /// <remarks>Seen red: RoundCollector counts every agent of a node as reported with one of them.</remarks>
    [Fact]
    public async Task C10_two_agents_on_one_node_are_two_agents()
    {
        var snapshot = MeshSnapshot.Of(2);
        snapshot = snapshot with { Agents = [snapshot.Agents[0], snapshot.Agents[1] with { NodeName = snapshot.Agents[0].NodeName }] };
        await using var rig = new CollectorRig(mesh: MeshRound.Of(2, snapshot: snapshot));
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
        await rig.BeginAsync();
        await rig.DeliverAsync(0);
        Assert.Equal(RoundState.Ongoing, (await rig.RowAsync()).State);
        await rig.DeliverAsync(1);
        var row = await rig.EndedAsync();
        Assert.Equal(["node-1", "node-1"], row.Tally!.SucceededNodes);
        Assert.Equal(2, row.Tally.Reported);
    }

    [Fact]
    public async Task A_shard_that_speaks_for_another_agent_is_refused()
    {
        await using var rig = new CollectorRig();
        await rig.BeginAsync();
        var refused = await Assert.ThrowsAsync<FormatException>(() => rig.DeliverAsync(rig.Mesh.Shard(0), onStreamOf: "id-2"));
        Assert.Equal("the shard speaks for agent \"id-1\" on the stream of agent id-2", refused.Message);
        Assert.Empty(await rig.Store.ShardAgentsAsync(rig.Mesh.Plan.Id, Cancellation));
    }

    [Fact]
    public async Task A_shard_without_all_its_planned_targets_is_refused_and_makes_its_agent_silent()
    {
        await using var rig = new CollectorRig(1);
        await rig.ConnectAsync(0);
        await rig.BeginAsync();
        var whole = rig.Mesh.Shard(0);
        var refused = await Assert.ThrowsAsync<FormatException>(() => rig.DeliverAsync(whole with { Targets = [.. whole.Targets.Skip(1)] }));
        Assert.Equal("1 planned targets are missing, the first of them 0", refused.Message);
        await rig.Collector.BadShardAsync("id-1", rig.Mesh.Plan.Id.ToString(), refused.Message);
        var row = await rig.EndedAsync();
        Assert.Contains("its results were refused", (await rig.Store.RoundAsync(row.Id, Cancellation))!.Verdict!.Agents[0].Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_ends_the_wait_for_that_agent()
    {
        await using var rig = new CollectorRig(1);
        await rig.ConnectAsync(0);
        await rig.BeginAsync();
        await rig.Collector.RefusedAsync("id-1", new RoundRefused { RoundId = rig.Mesh.Plan.Id.ToString(), Reason = "too much" });
        Assert.Equal(Verdict.Unknown, (await rig.EndedAsync()).Verdict);
    }

    [Fact]
    public async Task C5_an_agent_that_cannot_make_its_probes_fails_the_round_with_its_own_words()
    {
        await using var rig = new CollectorRig(2);
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
        await rig.BeginAsync();
        await rig.DeliverAsync(0);
        await rig.Collector.RefusedAsync("id-2", new RoundRefused { RoundId = rig.Mesh.Plan.Id.ToString(), Reason = "the name has an empty label" });
        var row = await rig.EndedAsync();
        Assert.Equal(Verdict.Fail, row.Verdict);
        var verdict = (await rig.Store.RoundAsync(row.Id, Cancellation))!.Verdict!;
        Assert.Contains("the name has an empty label", Assert.Single(verdict.Agents, agent => agent.Verdict == Verdict.Fail).Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_the_sum_of_what_agents_last_said()
    {
        await using var rig = new CollectorRig(2);
        await rig.ConnectAsync(0);
        await rig.BeginAsync();
        rig.Collector.Progressed("id-1", Said(10, 9, 1));
        rig.Collector.Progressed("id-1", Said(20, 18, 2));
        rig.Collector.Progressed("id-2", Said(5, 5, 0));
        rig.Collector.Progressed("id-2", Said(-5, 5, 0));
        rig.Collector.Progressed("stranger", Said(7, 7, 7));
        await rig.DeliverAsync(1);
        var now = rig.Collector.ProgressOf(rig.Mesh.Plan.Id)!;
        Assert.Equal((25, 23, 2, 1, 1), (now.Sent, now.Succeeded, now.Failed, now.AgentsConnected, now.AgentsDone));
        Assert.Equal(2 * rig.Mesh.Plan.Targets.Length * rig.Mesh.Plan.Load.RequestsPerTarget, now.Planned);

        ProgressMessage Said(long sent, long succeeded, long failed) =>
            new() { RoundId = rig.Mesh.Plan.Id.ToString(), Planned = 1, Sent = sent, Succeeded = succeeded, Failed = failed };
    }

    [Fact]
    public async Task A_round_without_agents_is_unknown_at_once()
    {
        await using var rig = new CollectorRig(0);
        await rig.BeginAsync();
        Assert.Equal(Verdict.Unknown, (await rig.EndedAsync()).Verdict);
    }

    private static async Task<CollectorRig> WithTheSecondAgentGoneAsync(string? process = null, TimeSpan? deadline = null)
    {
        var rig = new CollectorRig(2);
        await rig.ConnectAsync(0);
        var second = await rig.ConnectProcessAsync(1, process);
        var plan = rig.Mesh.Plan;
        await rig.Collector.BeginAsync(rig.Record with { Plan = plan with { Deadline = deadline is { } after ? plan.Start + after : plan.Deadline } }, null);
        await rig.DeliverAsync(0);
        await rig.DisconnectAsync(second);
        return rig;
    }
}
