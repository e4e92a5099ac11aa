using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class AdmissionTests
{
    private static readonly List<AdmissionOperation> None = [];

    [Fact]
    public async Task Its_words_reach_the_user_before_those_of_the_schema()
    {
        await using var test = await StartAsync(None, _ => AdmissionResult.Deny([new("spec.request.qps", "0 is too small; give 1 to 20"), new("spec", "second")]));
        var refused = await test.CreateAsync(ApiTest.NetReach("a", "\"spec\":{\"request\":{\"qps\":\"x\"}}"));
        Assert.Equal(422, refused.Code);
        Assert.Equal("NetReach.kdoctor.io \"a\" is invalid: [spec.request.qps: 0 is too small; give 1 to 20, spec: second]", refused.Message);
        var causes = refused.Json["details"]!["causes"]!.AsArray();
        Assert.Equal(["spec.request.qps", "spec"], causes.Select(cause => cause!["field"]!.GetValue<string>()));
    }

    [Fact]
    public async Task It_sees_unknown_fields_only_when_they_are_to_be_refused()
    {
        var seen = new List<bool>();
        await using var test = await StartAsync(None, request =>
        {
            seen.Add(request.New!["spec"]!.AsObject().ContainsKey("zap"));
            return AdmissionResult.Allow();
        });
        const string body = "\"spec\":{\"zap\":1}";
        var strict = await test.CreateAsync(ApiTest.NetReach("a", body), "?fieldValidation=Strict");
        Assert.Equal((400, true), (strict.Code, strict.Message!.Contains("strict decoding error: unknown field \"spec.zap\"", StringComparison.Ordinal)));
        var warned = await test.CreateAsync(ApiTest.NetReach("a", body), "?fieldValidation=Warn");
        Assert.Equal((201, "299 - \"unknown field \\\"spec.zap\\\"\""), (warned.Code, warned.Warnings.Single()));
        var ignored = await test.CreateAsync(ApiTest.NetReach("b", body), "?fieldValidation=Ignore");
        Assert.Equal((201, 0), (ignored.Code, ignored.Warnings.Count));
        Assert.False(ignored.Json["spec"]!.AsObject().ContainsKey("zap"));
        Assert.Equal([true, false, false], seen);
    }

    [Fact]
    public async Task It_may_change_the_object_and_is_asked_for_every_write_but_status()
    {
        var asked = new List<AdmissionOperation>();
        await using var test = await StartAsync(asked, request =>
        {
            if (request.New is null) return AdmissionResult.Allow();
            request.New["spec"]!.AsObject()["schedule"] = new JsonObject { ["schedule"] = "1 2" };
            return AdmissionResult.Allow(request.New) with { Warnings = ["mind the gap"] };
        });
        var created = await test.CreateAsync(ApiTest.NetReach("a"));
        Assert.Equal(("1 2", "299 - \"mind the gap\""), (created.Json["spec"]!["schedule"]!["schedule"]!.GetValue<string>(), created.Warnings.Single()));
        await test.MergeAsync("a", """{"spec":{"request":{"qps":3}}}""");
        await test.Api.SendAsync(HttpMethod.Patch, ApiTest.Path + "/a/status", """{"status":{"doneRound":1}}""", ApiTest.Merge);
        await test.Api.SendAsync(HttpMethod.Delete, ApiTest.Path + "/a");
        Assert.Equal([AdmissionOperation.Create, AdmissionOperation.Update, AdmissionOperation.Delete], asked);
    }

    private static Task<ApiTest> StartAsync(List<AdmissionOperation> asked, Func<AdmissionRequest, AdmissionResult> decide) =>
        ApiTest.StartAsync(resources: store =>
        [
            new(ContractFiles.NetReach, store.Resource(ContractFiles.NetReach))
            {
                AdmissionCoversSchema = true,
                Admission = (request, _) =>
                {
                    if (asked != None) asked.Add(request.Operation);
                    return ValueTask.FromResult(decide(request));
                },
            },
        ]);
}
