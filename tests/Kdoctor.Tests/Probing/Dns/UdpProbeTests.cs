using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Dns;
using Kdoctor.Probing.Load;
using Kdoctor.TestKit.Dns;
using Xunit;

namespace Kdoctor.Tests.Probing.Dns;

public sealed class UdpProbeTests
{
    [Fact]
    public async Task A_good_server_gets_every_query_once_and_all_succeed()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint), queries: 500);
        Assert.Equal((500, 500, 0, 500), (shard.Planned, shard.Succeeded, shard.StrayAnswers, server.Received.Count));
        Assert.Equal(new Dictionary<int, long> { [0] = 500 }, shard.ReplyCodes);
        Assert.All(server.Received, query => Assert.Equal(AnswerReaderTests.Encode(new QueryTemplate(DnsTarget.Domain, DnsRecordType.A), DnsMessage.IdOf(query.Message)), query.Message));
    }

    [Fact]
    public async Task IPv6_carries_questions_too()
    {
        using var server = new UdpAnswerer(query => [DnsMessage.Answer(query.Message)], IPAddress.IPv6Loopback);
        Assert.Equal(20, (await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint), queries: 20)).Succeeded);
    }

    [Theory]
    [InlineData(2, "SERVFAIL")]
    [InlineData(3, "NXDOMAIN")]
    [InlineData(5, "REFUSED")]
    [InlineData(11, "DSOTYPENI")]
    public async Task C1_an_error_is_no_success(int code, string name)
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query, code));
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint));
        ProbingLoop.AssertAll(shard, FailureStage.Verify, FailureCause.WrongReplyCode);
        Assert.Equal(new Dictionary<int, long> { [code] = 3 }, shard.ReplyCodes);
        Assert.All(shard.Samples, sample => Assert.Equal($"{name}, expected NOERROR", sample.Text));
    }

    [Fact]
    public async Task C1_an_answer_that_says_nothing_is_no_success()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query, answers: []));
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint));
        ProbingLoop.AssertAll(shard, FailureStage.Verify, FailureCause.EmptyAnswer);
        Assert.Equal("NOERROR without a record of type A for www.example.test", shard.Samples[0].Text);
    }

    /// <summary>C5, an internal DNS error passed. Against the defect: the error leaves an empty reason, and the round goes on to succeed.</summary>
    /// <remarks>Seen red: DnsProbePlan swallows it and asks for another name; a silent agent succeeds.</remarks>
    [Fact]
    public async Task C5_a_name_that_cannot_be_asked_is_no_pass()
    {
        await using var loop = new ProbingLoop();
        var plan = DnsTarget.Plan(new IPEndPoint(IPAddress.Loopback, 9));
        var wrong = plan with { Request = plan.Request with { Domain = "a..b" } };
        Assert.Throws<ArgumentException>(() => wrong.Create(new ProbeSite(loop.Loop, SystemResolver.ResolveAsync, new NonceSource(1), new AttemptRack(), new KeptPlaces(1, 1), CancellationToken.None)));
    }

    [Fact]
    public async Task The_expected_error_succeeds()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query, code: 3));
        Assert.Equal(3, (await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint, expected: 3))).Succeeded);
    }

    [Fact]
    public async Task A_truncated_answer_is_its_own_failure_and_is_not_asked_for_again()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query, truncated: true));
        ProbingLoop.AssertAll(await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint)), FailureStage.Verify, FailureCause.Truncated);
        Assert.Equal(3, server.Received.Count);
    }

    [Fact]
    public async Task A_malformed_answer_says_what_is_wrong_with_it()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query, answers: [DnsMessage.Record(DnsMessage.PointTo(12 + DnsMessage.QuestionOf(query).Length), 1, [1, 2, 3, 4])]));
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint));
        ProbingLoop.AssertAll(shard, FailureStage.Body, FailureCause.BadAnswer);
        Assert.Equal(AnswerFaultWords.Of(AnswerFault.LoopingName), shard.Samples[0].Text);
        Assert.Empty(shard.ReplyCodes);
    }

    [Fact]
    public async Task A_datagram_that_nobody_asked_for_in_that_length_is_a_bad_answer()
    {
        using var server = UdpAnswerer.Always(query => [.. DnsMessage.Answer(query), .. new byte[8000]]);
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint));
        ProbingLoop.AssertAll(shard, FailureStage.Body, FailureCause.BadAnswer);
        Assert.Equal(AnswerFaultWords.Of(AnswerFault.LongDatagram), shard.Samples[0].Text);
    }

    public static TheoryData<string> NoAnswers() => ["wrong id", "wrong question", "garbage", "the query itself", "empty"];

    [Theory]
    [MemberData(nameof(NoAnswers))]
    public async Task What_is_no_answer_ends_no_query_and_is_counted(string what)
    {
        using var server = UdpAnswerer.Always(query => NoAnswer(what, query));
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint), timeoutMs: 300);
        ProbingLoop.AssertAll(shard, FailureStage.FirstByte, FailureCause.TimedOut);
        Assert.Equal(3, shard.StrayAnswers);
        Assert.Contains("belonged to no query under way", shard.Samples[2].Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(NoAnswers))]
    public async Task The_answer_may_still_come_after_what_is_none(string what)
    {
        using var server = new UdpAnswerer(query => [NoAnswer(what, query.Message), DnsMessage.Answer(query.Message)]);
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint));
        Assert.Equal((3, 3), (shard.Succeeded, shard.StrayAnswers));
    }

    [Fact]
    public async Task A_second_answer_to_the_same_query_is_a_stray()
    {
        // The first query's port stays open while the second one waits on it.
        using var server = new UdpAnswerer(query => query.Number % 2 == 0 ? [] : [DnsMessage.Answer(query.Message), DnsMessage.Answer(query.Message)]);
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(new LoadAssignment
        {
            Load = new LoadPlan(100_000, TimeSpan.FromMilliseconds(0.02), TimeSpan.FromMilliseconds(400)),
            Targets = [new LoadTarget(0, DnsTarget.Plan(server.EndPoint))],
        });
        Assert.Equal((1, 1, 1), (result.Targets[0].Succeeded, result.Targets[0].Failed, result.Targets[0].StrayAnswers));
    }

    [Fact]
    public async Task An_answer_from_another_address_is_none()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var server = new UdpAnswerer(query =>
        {
            other.SendTo(DnsMessage.Answer(query.Message), query.From);
            return [];
        });
        ProbingLoop.AssertAll(await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint), timeoutMs: 300), FailureStage.FirstByte, FailureCause.TimedOut);
    }

    [Fact]
    public async Task A_late_answer_is_counted_and_taken_for_no_other_query()
    {
        var held = new ConcurrentQueue<byte[]>();
        using var server = new UdpAnswerer(query =>
        {
            held.Enqueue(DnsMessage.Answer(query.Message));
            return [];
        });
        await using var loop = new ProbingLoop();
        var run = loop.Runner.Start(new LoadAssignment
        {
            Load = new LoadPlan(5, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(100)),
            Targets = [new LoadTarget(0, DnsTarget.Plan(server.EndPoint))],
        });

        // The second query's script answers the first one, whose time is long over.
        var shard = Assert.Single((await ProbingLoop.EndOf(run)).Targets);
        Assert.Equal(2, held.Count);
        ProbingLoop.AssertAll(shard, FailureStage.FirstByte, FailureCause.TimedOut);
    }

    [Fact]
    public async Task A_closed_port_refuses()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var nobody = (IPEndPoint)closed.LocalEndPoint!;
        closed.Dispose();
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(nobody), queries: 40);
        ProbingLoop.AssertAll(shard, FailureStage.Connect, FailureCause.Refused);
    }

    [Fact]
    public async Task An_address_without_a_route_is_unreachable()
    {
        // 240.0.0.0/4 is reserved (RFC 1112 section 4): Linux has no way there from loopback's address.
        var plan = DnsTarget.Plan(new IPEndPoint(IPAddress.Parse("240.0.0.1"), 53)) with { SourceIp = "127.0.0.1" };
        var shard = await DnsTarget.AskAsync(plan, timeoutMs: 300);
        Assert.Equal(3, shard.Failed);
        Assert.DoesNotContain(shard.Failures.Keys, failure => failure.Stage is FailureStage.Body or FailureStage.Verify);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_its_address_is_told()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        var asked = 0;
        await using var loop = new ProbingLoop((_, _, _) =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]);
        });
        var result = await loop.RunAsync(ProbingLoop.Load(10, 10_000, DnsTarget.Plan(server.EndPoint) with { Host = "dns.test" }));
        Assert.Equal((10, 1, "127.0.0.1"), (result.Targets[0].Succeeded, asked, result.Targets[0].ResolvedAddress));
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_fails_in_that_stage()
    {
        await using var loop = new ProbingLoop((_, _, _) => throw new SocketException((int)SocketError.HostNotFound));
        var result = await loop.RunAsync(ProbingLoop.Load(3, 10_000, DnsTarget.Plan(new IPEndPoint(IPAddress.Loopback, 53)) with { Host = "dns.test" }));
        ProbingLoop.AssertAll(result.Targets[0], FailureStage.Resolve, FailureCause.NoSuchName);
    }

    [Fact]
    public async Task Every_query_apart_from_the_others_has_a_port_of_its_own()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(new LoadAssignment
        {
            Load = new LoadPlan(100, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10)),
            Targets = [new LoadTarget(0, DnsTarget.Plan(server.EndPoint))],
        });
        Assert.Equal(50, result.Targets[0].Succeeded);

        // The kernel may draw a port twice in 28,000, but hardly more often.
        Assert.InRange(server.Received.Select(query => query.From.Port).Distinct().Count(), 48, 50);
    }

    [Fact]
    public async Task A_port_carries_sixteen_queries_at_most_each_with_an_id_of_its_own()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint), queries: 2000);
        Assert.Equal(2000, shard.Succeeded);
        var ports = server.Received.GroupBy(query => query.From.Port).ToList();
        Assert.True(ports.Count >= 2000 / UdpPort.MaxQueries * 0.9, $"{ports.Count} ports carried 2000 queries");
        Assert.True(server.Received.Select(query => DnsMessage.IdOf(query.Message)).Distinct().Count() > 1900);
    }

    /// <summary>C9, the UDP pool was as large as the rate. Against the defect: with more queries under way than the rate the pool is empty, the loop runs hot, and the queries are not sent.</summary>
    /// <remarks>Seen red: UdpProbe opens as many ports as the rate; a query that is refused throws.</remarks>
    [Fact]
    public async Task C9_more_queries_under_way_than_per_second_are_no_trouble()
    {
        // 50 per second for 1.2 seconds, none answered for longer than the load lasts: all 60 are under way at once.
        using var server = new UdpAnswerer(_ => []);
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(new LoadAssignment
        {
            Load = new LoadPlan(50, TimeSpan.FromMilliseconds(1200), TimeSpan.FromMilliseconds(1300)),
            Targets = [new LoadTarget(0, DnsTarget.Plan(server.EndPoint))],
        });
        Assert.Equal((60, 60), (result.Targets[0].Sent, server.Received.Count));
        ProbingLoop.AssertAll(result.Targets[0], FailureStage.FirstByte, FailureCause.TimedOut);
    }

    [Fact]
    public async Task C9_a_server_that_comes_late_is_found_by_the_queries_after_it_came()
    {
        using var first = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        var place = first.EndPoint;
        first.Dispose();
        await using var loop = new ProbingLoop();
        ProbingLoop.AssertAll((await loop.RunAsync(ProbingLoop.Load(3, 10_000, DnsTarget.Plan(place)))).Targets[0], FailureStage.Connect, FailureCause.Refused);
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        Assert.Equal(3, (await loop.RunAsync(ProbingLoop.Load(3, 10_000, DnsTarget.Plan(server.EndPoint)))).Targets[0].Succeeded);
    }

    [Fact]
    public async Task Every_kth_answer_lost_is_exactly_as_many_timeouts()
    {
        using var server = new UdpAnswerer(query => query.Number % 10 == 9 ? [] : [DnsMessage.Answer(query.Message)]);
        var shard = await DnsTarget.AskAsync(DnsTarget.Plan(server.EndPoint), queries: 1000, timeoutMs: 3000);
        Assert.Equal((900, 100), (shard.Succeeded, shard.Failures[new Failure(FailureStage.FirstByte, FailureCause.TimedOut)]));
        Assert.Equal(900, shard.ReplyCodes[0]);
    }

    [Fact]
    public async Task At_full_speed_no_more_are_under_way_than_allowed_and_all_are_counted()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(new LoadAssignment
        {
            FullSpeed = true,
            MaxOutstanding = 20,
            Load = new LoadPlan(1, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(10)),
            Targets = [new LoadTarget(0, DnsTarget.Plan(server.EndPoint))],
        });
        var shard = result.Targets[0];
        Assert.True(shard.Sent > 20);
        Assert.Equal((shard.Sent, shard.Sent, 0L, shard.Sent), (shard.Planned, shard.Succeeded, shard.Unsent, (long)server.Received.Count));
    }

    private static byte[] NoAnswer(string what, byte[] query) => what switch
    {
        "wrong id" => DnsMessage.Answer([(byte)(query[0] ^ 0x55), .. query[1..]]),
        "wrong question" => DnsMessage.Answer(query, question: [.. DnsMessage.Name("www.example.tost"), 0, 1, 0, 1]),
        "garbage" => [0xFF, 0xFF, 0xFF],
        "the query itself" => query,
        _ => [],
    };
}
