using Grpc.Core;
using Kdoctor.Controller.Objects;
using Kdoctor.Controller.Sessions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Sessions;

public sealed class TokenReviewTests : ITokenReviews, IDisposable
{
    private const string Token = "aGVhZA.Ym9keQ.c2ln";
    private static readonly TokenReview Agent = new(true, "system:serviceaccount:kdoctor:kdoctor-agent", ["kdoctor-controller"], "pod-1");

    private readonly FakeTimeProvider time = new();
    private readonly TokenReviewAuthenticator authenticator;
    private Func<TokenReview> answer = () => Agent;
    private int reviews;

    public TokenReviewTests() => authenticator = new TokenReviewAuthenticator(
        this, new TokenReviewOptions { Namespace = "kdoctor", Remembered = 3 }, time, NullLogger<TokenReviewAuthenticator>.Instance);

    public void Dispose() => authenticator.Dispose();

    [Fact]
    public async Task A_token_of_an_agents_pod_proves_that_pod_and_no_other()
    {
        Assert.Equal(new AgentAuthentication(new AgentCredential("pod-1"), null), await AskAsync(Token));
    }

    [Fact]
    public async Task Whatever_does_not_prove_an_agents_pod_is_refused_with_the_reason()
    {
        foreach (var (review, reason) in new[]
        {
            (Agent with { Authenticated = false }, "does not accept"),
            (Agent with { Audiences = ["https://kubernetes.default.svc"] }, "audience"),
            (Agent with { Audiences = [] }, "audience"),
            (Agent with { UserName = "system:serviceaccount:kdoctor:default" }, "system:serviceaccount:kdoctor:kdoctor-agent"),
            (Agent with { UserName = "system:serviceaccount:elsewhere:kdoctor-agent" }, "system:serviceaccount:kdoctor:kdoctor-agent"),
            (Agent with { UserName = "admin" }, "system:serviceaccount:kdoctor:kdoctor-agent"),
            (Agent with { PodUid = null }, "no pod"),
            (Agent with { PodUid = "" }, "no pod"),
        })
        {
            answer = () => review;
            time.Advance(TimeSpan.FromMinutes(1));
            var got = await AskAsync(Token);
            Assert.Null(got.Credential);
            Assert.Contains(reason, got.Refusal, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a-join-token-of-16-characters")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("a.b.\u00e9")]
    [InlineData("a.b.c d")]
    public async Task What_cannot_be_a_service_accounts_token_costs_the_API_server_nothing(string? token)
    {
        Assert.Null((await AskAsync(token)).Credential);
        Assert.Null((await AskAsync("a.b." + new string('c', TokenReviewOptions.MaxTokenLength))).Credential);
        Assert.Equal(0, reviews);
    }

    [Fact]
    public async Task An_answer_holds_for_ten_seconds_whether_it_is_good_or_bad()
    {
        await AskAsync(Token);
        await AskAsync(Token);
        Assert.Equal(1, reviews);
        time.Advance(TimeSpan.FromSeconds(10));
        answer = () => Agent with { Authenticated = false };
        Assert.NotNull((await AskAsync(Token)).Refusal);
        answer = () => Agent;
        Assert.NotNull((await AskAsync(Token)).Refusal);
        Assert.Equal(2, reviews);
    }

    [Fact]
    public async Task No_more_answers_are_remembered_than_allowed()
    {
        for (var caller = 0; caller < 4; caller++)
            await AskAsync($"a.{caller}.c");
        await AskAsync("a.0.c");
        Assert.Equal(4, reviews);
        await AskAsync("a.3.c");
        Assert.Equal(5, reviews);
        time.Advance(TimeSpan.FromSeconds(10));
        await AskAsync("a.3.c");
        await AskAsync("a.3.c");
        Assert.Equal(6, reviews);
    }

    [Fact]
    public async Task An_API_server_that_does_not_answer_is_no_refusal_and_is_asked_again()
    {
        answer = () => throw new ApiServerException("no answer");
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => AskAsync(Token))).StatusCode);
        answer = () => Agent;
        Assert.NotNull((await AskAsync(Token)).Credential);
    }

    Task<TokenReview> ITokenReviews.ReviewAsync(string token, string audience, CancellationToken cancellation)
    {
        Assert.Equal("kdoctor-controller", audience);
        reviews++;
        return Task.FromResult(answer());
    }

    private async Task<AgentAuthentication> AskAsync(string? token)
    {
        var metadata = new Metadata();
        if (token is not null)
            metadata.Add("authorization", $"Bearer {token}");
        return await authenticator.AuthenticateAsync(metadata, TestContext.Current.CancellationToken);
    }
}
