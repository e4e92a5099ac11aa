using CsCheck;
using Kdoctor.Probing.Http;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.Probing.Http;

/// <summary>An answer that was seen before counts as it did when it was parsed.</summary>
public sealed class KnownAnswerTests
{
    private static readonly string[] Answers =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
    ];

    [Fact]
    public void A_repeated_answer_is_what_it_was() => Gen.Int[0, Answers.Length - 1].Array[1, 20].Sample(picks =>
    {
        var known = new KnownAnswer();
        foreach (var answer in picks.Select(pick => System.Text.Encoding.ASCII.GetBytes(Answers[pick])))
        {
            var parsed = new AnswerParser();
            parsed.Begin("GET", null);
            Assert.Equal(AnswerState.Complete, parsed.Feed(answer, out var taken));
            Assert.Equal(answer.Length, taken);
            if (known.Is(answer))
            {
                var repeated = new AnswerParser();
                repeated.Begin("GET", null);
                repeated.Repeat(known);
                Assert.Equal((parsed.Status, parsed.BodyBytes, parsed.Persists), (repeated.Status, repeated.BodyBytes, repeated.Persists));
                Assert.Equal(AnswerState.Complete, repeated.FeedEnd());
            }
            known.Remember(answer, parsed);
            Assert.True(known.Is(answer));
            Assert.False(known.Is(answer.AsSpan(1)));
            Assert.False(known.Is([.. answer, 0]));
        }
    });

    [Fact]
    public async Task A_server_that_changes_its_answer_is_seen_to()
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(connection => Answers[connection.Number % 4]));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint), requests: 40);
        Assert.Equal((40, 30), (shard.Succeeded + shard.Failed, shard.Succeeded));
        Assert.Equal((20, 10, 10), (shard.Statuses[200], shard.Statuses[204], shard.Statuses[500]));
        Assert.Equal(50, shard.BodyBytes);
    }
}
