using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Security;
using Kdoctor.Controller.Admission;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Controller.Admission;

/// <summary>Nobody can have kdoctor read for them what they may not read themselves.</summary>
public sealed class ReferenceQuestionTests
{
    private readonly List<string> asked = [];

    [Theory]
    [InlineData("", 0)]
    [InlineData("secrets", 1)]
    [InlineData("configmaps", 1)]
    [InlineData("secrets configmaps", 2)]
    public async Task S5_every_object_that_the_caller_may_not_read_refuses_the_task(string forbidden, int problems)
    {
        var review = new TaskReview(TaskLimits.Default, new ReferenceQuestion((request, _) =>
        {
            asked.Add($"{request.Caller.Name} {request.Verb} {request.Group}/{request.Version} {request.Resource} {request.Namespace}/{request.Name}");
            return new(forbidden.Split(' ').Contains(request.Resource) ? "no role" : null);
        }).AskAsync);
        var task = JsonNode.Parse("""
            {"apiVersion":"kdoctor.io/v1beta1","kind":"AppHttpHealthy","metadata":{"name":"a"},"spec":{"target":{"host":"https://shop","method":"POST",
            "tlsSecretName":"client","tlsSecretNamespace":"one","bodyConfigmapName":"order","bodyConfigmapNamespace":"two"}}}
            """)!.AsObject();

        var result = await review.ReviewAsync(
            new AdmissionRequest(AdmissionOperation.Create, task, null, new Caller("mallory", []), false), TestContext.Current.CancellationToken);

        Assert.Equal(problems, result.Causes.Count);
        Assert.Equal(["mallory get /v1 configmaps two/order", "mallory get /v1 secrets one/client"], asked.Order(StringComparer.Ordinal));
        Assert.All(result.Causes, cause => Assert.Contains("\"mallory\" may not read", cause.Message, StringComparison.Ordinal));
    }

    /// <summary>
    /// S5, whoever made a task had any Secret read and used. Against the defect: a variable of the task's own agents names a Secret of kdoctor's namespace, and the task is admitted.
    /// </summary>
    /// <remarks>Seen red: AgentRules lets every source of a variable pass.</remarks>
    [Theory]
    [InlineData("secretKeyRef")]
    [InlineData("configMapKeyRef")]
    public async Task S5_no_variable_of_a_tasks_agents_comes_from_an_object_of_kdoctors_namespace(string source)
    {
        var review = new TaskReview(TaskLimits.Default, new ReferenceQuestion((_, _) => new((string?)null)).AskAsync);
        var task = JsonNode.Parse(
            $$"""{"apiVersion":"kdoctor.io/v1beta1","kind":"NetReach","metadata":{"name":"a"},"spec":{"agentSpec":{"env":[{"name":"X","valueFrom":{"{{source}}":{"name":"kdoctor-controller-tls","key":"ca.key"} } }]} } }""")!.AsObject();

        var result = await review.ReviewAsync(
            new AdmissionRequest(AdmissionOperation.Create, task, null, new Caller("admin", []), false), TestContext.Current.CancellationToken);

        var cause = Assert.Single(result.Causes);
        Assert.Equal($"spec.agentSpec.env[0].valueFrom.{source}", cause.Field);
        Assert.Contains("use fieldRef or resourceFieldRef", cause.Message, StringComparison.Ordinal);
    }
}
