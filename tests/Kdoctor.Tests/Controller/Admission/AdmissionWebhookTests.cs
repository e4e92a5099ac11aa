using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Admission;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.ApiServer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Admission;

public sealed class AdmissionWebhookTests
{
    private const string Good = """{"request":{"qps":5}}""";
    private const string Bad = """{"request":{"qps":50,"durationInSecond":0},"schedule":{"roundNumber":0}}""";

    [Fact]
    public async Task A_valid_task_is_allowed() => Assert.True(Allowed(await ReviewAsync("CREATE", Good)));

    [Fact]
    public async Task A_wrong_task_is_denied_with_every_problem_and_its_field()
    {
        var answer = await ReviewAsync("CREATE", Bad);
        Assert.False(Allowed(answer));
        Assert.Equal("u-1", answer["response"]!["uid"]!.GetValue<string>());
        var status = answer["response"]!["status"]!;
        Assert.Equal((422, "Invalid"), (status["code"]!.GetValue<int>(), status["reason"]!.GetValue<string>()));
        var fields = status["details"]!["causes"]!.AsArray().Select(cause => cause!["field"]!.GetValue<string>()).Order(StringComparer.Ordinal);
        Assert.Equal(["spec.request.durationInSecond", "spec.request.qps", "spec.schedule.roundNumber"], fields);
        Assert.Contains("is 50, but NetReach is limited to 20 requests per second here; lower it", status["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "", null)]
    [InlineData("UPDATE", "status", null)]
    [InlineData("UPDATE", "", Bad)]
    public async Task Deletions_status_and_changes_that_ask_nothing_new_pass_even_when_the_task_is_wrong(string operation, string subresource, string? old) =>
        Assert.True(Allowed(await ReviewAsync(operation, Bad, subresource, old)));

    [Fact]
    public async Task What_waits_only_for_its_finalizers_passes() =>
        Assert.True(Allowed(await ReviewAsync("UPDATE", Bad, old: Good, metadata: ""","deletionTimestamp":"2030-01-01T00:00:00Z" """)));

    [Fact]
    public async Task An_edit_that_makes_a_task_wrong_is_denied() => Assert.False(Allowed(await ReviewAsync("UPDATE", Bad, old: Good)));

    [Fact]
    public async Task Further_questions_are_asked_of_valid_tasks_with_whoever_applies_them()
    {
        var asked = new List<string>();
        var review = new TaskReview(TaskLimits.Default, (task, caller, _) =>
        {
            asked.Add($"{task.Name} {caller.Name} {string.Join(',', caller.Groups)} {caller.Extra["scope"][0]}");
            return new([new Problem(null, "spec.target", "names a Secret that ann may not read", "ask for the right to read it")]);
        });
        var denied = await ReviewAsync("CREATE", Good, review: review);
        Assert.Contains("names a Secret that ann may not read; ask for the right to read it", denied["response"]!["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        await ReviewAsync("CREATE", Bad, review: review);
        Assert.Equal(["a ann devs x"], asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"1"}}""")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}""")]
    [InlineData("""{"kind":1,"apiVersion":"admission.k8s.io/v1","request":{"uid":"1"}}""")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"1","userInfo":{"groups":[1]}}}""")]
    public async Task What_is_no_review_is_400(string body) => Assert.Equal(400, (await SendAsync("POST", body, new TaskReview(TaskLimits.Default))).Code);

    [Fact]
    public async Task Only_post_is_answered() => Assert.Equal(405, (await SendAsync("GET", "", new TaskReview(TaskLimits.Default))).Code);

    private static bool Allowed(JsonObject answer) => answer["response"]!["allowed"]!.GetValue<bool>();

    private static async Task<JsonObject> ReviewAsync(string operation, string spec, string subresource = "", string? old = null, string metadata = "", TaskReview? review = null)
    {
        static string Task(string spec, string metadata) => $$"""{"apiVersion":"kdoctor.io/v1beta1","kind":"NetReach","metadata":{"name":"a"{{metadata}} },"spec":{{spec}} }""";
        var (offered, stored) = (operation == "DELETE" ? "null" : Task(spec, metadata), old is null ? "null" : Task(old, ""));
        var body = $$"""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{
              "uid":"u-1","kind":{"group":"kdoctor.io","version":"v1beta1","kind":"NetReach"},"name":"a","operation":"{{operation}}","subResource":"{{subresource}}",
              "userInfo":{"username":"ann","groups":["devs"],"extra":{"scope":["x"]} },
              "object":{{offered}},"oldObject":{{stored}},"dryRun":false
            } }
            """;
        var (code, answer) = await SendAsync("POST", body, review ?? new TaskReview(TaskLimits.Default));
        Assert.Equal(200, code);
        return JsonNode.Parse(answer)!.AsObject();
    }

    private static async Task<(int Code, string Answer)> SendAsync(string method, string body, TaskReview review)
    {
        using var webhook = new AdmissionWebhook(review, Clock.Real, NullLogger<AdmissionWebhook>.Instance);
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = (method, AdmissionWebhook.Path);
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        Assert.True(AdmissionWebhook.IsMeant(context.Request));
        await webhook.HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }
}
