using System.Text.RegularExpressions;
using Xunit;

namespace Kdoctor.TestKit.Contract;

/// <summary>What kubectl must see, on our server and on a real one alike. A subclass brings the server.</summary>
public abstract class KubectlContract : IAsyncLifetime
{
    private const string Name = "reach-task";
    private readonly List<IDisposable> _opened = [];

    public static TheoryData<string> Programs { get; } = [.. Kubectl.Programs];

    private RawApi Raw { get; set; } = null!;

    private string Kubeconfig { get; set; } = "";

    /// <summary>Starts or finds the server, with the NetReach resource and no object of it.</summary>
    /// <returns>Path of a kubeconfig.</returns>
    protected abstract ValueTask<string> OpenAsync();

    /// <summary>Ends what <see cref="OpenAsync"/> began.</summary>
    protected abstract ValueTask CloseAsync();

    public async ValueTask InitializeAsync()
    {
        Kubeconfig = await OpenAsync();
        Raw = new RawApi(Kubeconfig);
        await ClearAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Kubeconfig.Length > 0) await ClearAsync();
        _opened.ForEach(opened => opened.Dispose());
        Raw?.Dispose();
        await CloseAsync();
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Apply_creates_then_finds_nothing_to_do_then_changes(string program)
    {
        var kubectl = Open(program);
        Assert.Equal("netreach.kdoctor.io/reach-task created\n", (await Apply(kubectl, Manifest())).All);
        Assert.Equal("netreach.kdoctor.io/reach-task unchanged\n", (await Apply(kubectl, Manifest())).All);
        Assert.Equal("netreach.kdoctor.io/reach-task configured\n", (await Apply(kubectl, Manifest(("qps: 10", "qps: 11")))).All);
        Assert.Equal("11", (await kubectl.RunAsync("get", "nr", Name, "-o", "jsonpath={.spec.request.qps}")).Output);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Get_prints_the_columns_under_every_name(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, Manifest());
        await Raw.PatchStatusAsync(Name, """{"finish":true,"expectedRound":1,"doneRound":1,"lastRoundStatus":"succeed"}""");
        foreach (var noun in (string[])["netreach", "netreaches", "nr", "netreaches.kdoctor.io", "kdoctor"])
        {
            var lines = (await kubectl.RunAsync("get", noun)).Output.Split('\n');
            Assert.Equal("NAME FINISH EXPECTEDROUND DONEROUND LASTROUNDSTATUS SCHEDULE", Squeeze(lines[0]));
            Assert.Equal("reach-task true 1 1 succeed 0 1", Squeeze(lines[1]));
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Get_watch_sees_a_status_patch(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, Manifest());
        var seen = await kubectl.FollowAsync(
            line => line.StartsWith(Name, StringComparison.Ordinal),
            () => Raw.PatchStatusAsync(Name, """{"finish":true,"doneRound":1,"expectedRound":1,"lastRoundStatus":"succeed"}"""),
            line => Squeeze(line) == "reach-task true 1 1 succeed 0 1",
            "get", "netreach", "-w");
        Assert.StartsWith("NAME", seen, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(seen, "^NAME", RegexOptions.Multiline));
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Describe_shows_the_spec_and_no_events(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, Manifest());
        var result = await kubectl.RunAsync("describe", "nr", Name);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"Qps:\s+10\n", result.Output);
        Assert.Matches(@"Events:\s+<none>", result.Output);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Explain_prints_types_and_descriptions(string program)
    {
        var kubectl = Open(program);
        var request = await kubectl.RunAsync("explain", "netreach.spec.request");
        Assert.Matches(@"KIND:\s+NetReach", request.Output);
        Assert.Contains("The load that each agent puts on each target.", request.Output, StringComparison.Ordinal);
        Assert.Matches(@"qps\s+<integer>\s+Requests per second from each agent", request.Output);
        Assert.Matches(@"metadata\s+<(ObjectMeta|Object)>", (await kubectl.RunAsync("explain", "nr")).Output);
        Assert.Contains("labels", (await kubectl.RunAsync("explain", "nr.metadata")).Output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Api_resources_lists_the_resource(string program)
    {
        var result = await Open(program).RunAsync("api-resources", "--api-group=kdoctor.io", "-o", "wide", "--no-headers");
        var row = Squeeze(result.Output.Split('\n').Single(line => line.StartsWith("netreaches", StringComparison.Ordinal)));
        Assert.StartsWith("netreaches nr kdoctor.io/v1beta1 false NetReach ", row, StringComparison.Ordinal);
        foreach (var verb in (string[])["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"])
            Assert.Contains(verb, row, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Patches_merge_and_json_are_applied_and_strategic_is_refused(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, Manifest());
        Assert.Contains("patched", (await kubectl.RunAsync("patch", "nr", Name, "--type", "merge", "-p", """{"spec":{"request":{"qps":7}}}""")).Output, StringComparison.Ordinal);
        Assert.Contains("no change", (await kubectl.RunAsync("patch", "nr", Name, "--type", "merge", "-p", """{"spec":{"request":{"qps":7}}}""")).Output, StringComparison.Ordinal);
        Assert.Contains("patched", (await kubectl.RunAsync("patch", "nr", Name, "--type", "json", "-p", """[{"op":"replace","path":"/spec/request/qps","value":8}]""")).Output, StringComparison.Ordinal);
        Assert.Equal("8 3", (await kubectl.RunAsync("get", "nr", Name, "-o", "jsonpath={.spec.request.qps} {.metadata.generation}")).Output);
        var strategic = await kubectl.RunAsync("patch", "nr", Name, "-p", """{"spec":{}}""");
        Assert.NotEqual(0, strategic.ExitCode);
        Assert.Contains("the body of the request was in an unknown format", strategic.Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Replace_with_a_stale_version_is_a_conflict(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, Manifest());
        var read = (await kubectl.RunAsync("get", "nr", Name, "-o", "json")).Output;
        await kubectl.RunAsync("label", "nr", Name, "color=red");
        var stale = await kubectl.RunWithInputAsync(read, "replace", "-f", "-");
        Assert.Contains("Error from server (Conflict)", stale.Error, StringComparison.Ordinal);
        Assert.Contains(
            "Operation cannot be fulfilled on netreaches.kdoctor.io \"reach-task\": the object has been modified; please apply your changes to the latest version and try again",
            stale.Error,
            StringComparison.Ordinal);
        var fresh = (await kubectl.RunAsync("get", "nr", Name, "-o", "json")).Output;
        Assert.Contains("replaced", (await kubectl.RunWithInputAsync(fresh, "replace", "-f", "-")).Output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Selectors_select(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, $"{Labelled("a", "one")}---\n{Labelled("b", "two")}---\n{Labelled("c", "three")}");
        foreach (var (flag, selector, names) in ((string, string, string)[])
        [
            ("-l", "app=one", "a"), ("-l", "app!=one", "b c"), ("-l", "app in (one,two)", "a b"), ("-l", "app notin (one,two)", "c"), ("-l", "app", "a b c"),
            ("-l", "!app", ""), ("-l", "app,app!=two", "a c"), ("--field-selector", "metadata.name=b", "b"), ("--field-selector", "metadata.name!=b", "a c"),
        ])
        {
            var found = await kubectl.RunAsync("get", "nr", flag, selector, "-o", "jsonpath={.items[*].metadata.name}");
            Assert.Equal((selector, names), (selector, found.Output));
        }

        Assert.Contains("(BadRequest)", (await kubectl.RunAsync("get", "nr", "--field-selector", "spec.x=1")).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await kubectl.RunAsync("delete", "nr", "-l", "app in (one,two)")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("c", (await kubectl.RunAsync("get", "nr", "-o", "jsonpath={.items[*].metadata.name}")).Output);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_dry_run_stores_nothing(string program)
    {
        var kubectl = Open(program);
        Assert.Equal("netreach.kdoctor.io/reach-task created (server dry run)\n", (await Apply(kubectl, Manifest(), "--dry-run=server")).All);
        Assert.Contains("NotFound", (await kubectl.RunAsync("get", "nr", Name)).Error, StringComparison.Ordinal);
        await Apply(kubectl, Manifest());
        Assert.Contains("server dry run", (await kubectl.RunAsync("delete", "nr", Name, "--dry-run=server")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await kubectl.RunAsync("get", "nr", Name)).ExitCode);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Server_side_apply_works_or_says_what_to_do(string program)
    {
        var result = await Apply(Open(program), Manifest(), "--server-side");
        if (result.ExitCode == 0) Assert.Contains("serverside-applied", result.Output, StringComparison.Ordinal);
        else Assert.Contains("without --server-side", result.Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Delete_removes_and_a_second_one_finds_nothing(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, Manifest());
        Assert.Equal("netreach.kdoctor.io \"reach-task\" deleted\n", (await kubectl.RunAsync("delete", "nr", Name)).Output);
        Assert.Equal(
            "Error from server (NotFound): netreaches.kdoctor.io \"reach-task\" not found\n", (await kubectl.RunAsync("delete", "nr", Name)).Error);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_list_in_chunks_is_whole(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, string.Join("---\n", Enumerable.Range(0, 5).Select(i => Labelled("n" + i, "x"))));
        var names = (await kubectl.RunAsync("get", "nr", "--chunk-size=2", "-o", "name")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"netreach.kdoctor.io/n{i}"), names);

        var (_, page) = await Raw.SendAsync(HttpMethod.Get, RawApi.NetReaches + "?limit=2");
        Assert.Equal(3, page["metadata"]!["remainingItemCount"]!.GetValue<int>());
        var next = Uri.EscapeDataString(page["metadata"]!["continue"]!.GetValue<string>());
        var (_, second) = await Raw.SendAsync(HttpMethod.Get, $"{RawApi.NetReaches}?limit=2&continue={next}");
        Assert.Equal(["n2", "n3"], second["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>()));
        Assert.Equal(page["metadata"]!["resourceVersion"]!.GetValue<string>(), second["metadata"]!["resourceVersion"]!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task An_unknown_field_and_a_wrong_value_are_refused_by_name(string program)
    {
        var kubectl = Open(program);
        var unknown = await Apply(kubectl, Manifest(("qps: 10", "qps: 10, zap: 3")));
        Assert.NotEqual(0, unknown.ExitCode);
        Assert.Matches("unknown field \"(spec.request.)?zap\"", unknown.Error);
        var wrong = await Apply(kubectl, Manifest(("qps: 10", "qps: 0")));
        Assert.Equal(
            "The NetReach \"reach-task\" is invalid: spec.request.qps: Invalid value: 0: spec.request.qps in body should be greater than or equal to 1\n", wrong.Error);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_finalizer_holds_the_object_until_it_is_removed(string program)
    {
        var kubectl = Open(program);
        await Apply(kubectl, Manifest(("name: reach-task", "name: reach-task\n  finalizers: [kdoctor.io/hold]")));
        await kubectl.RunAsync("delete", "nr", Name, "--wait=false");
        Assert.NotEqual("", (await kubectl.RunAsync("get", "nr", Name, "-o", "jsonpath={.metadata.deletionTimestamp}")).Output);
        var (code, _) = await Raw.SendAsync(HttpMethod.Patch, $"{RawApi.NetReaches}/{Name}", """{"metadata":{"finalizers":["kdoctor.io/more"]}}""", RawApi.MergePatch);
        Assert.Equal(422, code);
        await kubectl.RunAsync("patch", "nr", Name, "--type", "merge", "-p", """{"metadata":{"finalizers":null}}""");
        Assert.Contains("NotFound", (await kubectl.RunAsync("get", "nr", Name)).Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_name_is_generated(string program)
    {
        var created = await Open(program).RunWithInputAsync(Manifest(("name: reach-task", "generateName: gen-")), "create", "-f", "-");
        Assert.Matches(@"^netreach\.kdoctor\.io/gen-[a-z0-9]{5} created\n$", created.All);
    }

    [Fact]
    public async Task Spec_and_status_are_written_apart()
    {
        const string path = RawApi.NetReaches + "/apart";
        await Raw.SendAsync(HttpMethod.Post, RawApi.NetReaches, Json("apart", """ "spec":{},"status":{"doneRound":4} """));
        var (_, both) = await Raw.SendAsync(HttpMethod.Patch, path, """{"status":{"doneRound":2},"spec":{"request":{"qps":9}}}""", RawApi.MergePatch);
        Assert.False(both.ContainsKey("status"));
        Assert.Equal(2, both["metadata"]!["generation"]!.GetValue<int>());
        var (_, status) = await Raw.SendAsync(HttpMethod.Patch, path + "/status", """{"status":{"doneRound":2},"spec":{"request":{"qps":1}}}""", RawApi.MergePatch);
        Assert.Equal(2, status["status"]!["doneRound"]!.GetValue<int>());
        Assert.Equal(9, status["spec"]!["request"]!["qps"]!.GetValue<int>());
        Assert.Equal(2, status["metadata"]!["generation"]!.GetValue<int>());
    }

    [Fact]
    public async Task Failures_are_statuses_with_reason_and_code()
    {
        await Raw.SendAsync(HttpMethod.Post, RawApi.NetReaches, Json("known", """ "spec":{} """));
        foreach (var (method, path, body, type, code, reason) in ((HttpMethod, string, string?, string, int, string)[])
        [
            (HttpMethod.Get, "/none", null, "application/json", 404, "NotFound"),
            (HttpMethod.Post, "", Json("known", """ "spec":{} """), "application/json", 409, "AlreadyExists"),
            (HttpMethod.Post, "", Json("A_b", """ "spec":{} """), "application/json", 422, "Invalid"),
            (HttpMethod.Post, "", "{", "application/json", 400, "BadRequest"),
            (HttpMethod.Post, "", "{}", "text/plain", 415, "UnsupportedMediaType"),
            (HttpMethod.Put, "/known", Json("known", """ "spec":{} """), "application/json", 422, "Invalid"),
            (HttpMethod.Patch, "/known", """[{"op":"remove","path":"/nothing"}]""", RawApi.JsonPatch, 422, "Invalid"),
            (HttpMethod.Patch, "/known", "{}", "application/strategic-merge-patch+json", 415, "UnsupportedMediaType"),
            (HttpMethod.Delete, "/known", """{"preconditions":{"uid":"5"}}""", "application/json", 409, "Conflict"),
            (HttpMethod.Get, "?labelSelector=a%20in%20(", null, "application/json", 400, "BadRequest"),
        ])
        {
            var (answered, status) = await Raw.SendAsync(method, RawApi.NetReaches + path, body, type);
            Assert.Equal((path, code, reason), (path, answered, status["reason"]!.GetValue<string>()));
            Assert.Equal(("Status", "v1", "Failure", code), (
                status["kind"]!.GetValue<string>(), status["apiVersion"]!.GetValue<string>(), status["status"]!.GetValue<string>(), status["code"]!.GetValue<int>()));
        }
    }

    private async Task ClearAsync()
    {
        await Raw.SendAsync(HttpMethod.Delete, RawApi.NetReaches);
        var (_, left) = await Raw.SendAsync(HttpMethod.Get, RawApi.NetReaches);
        foreach (var item in left["items"]!.AsArray())
            await Raw.SendAsync(HttpMethod.Patch, $"{RawApi.NetReaches}/{item!["metadata"]!["name"]}", """{"metadata":{"finalizers":null}}""", RawApi.MergePatch);
    }

    private Kubectl Open(string program)
    {
        Assert.SkipUnless(Kubectl.Exists(program), $"{program} is not installed; name kubectl programs in KDOCTOR_KUBECTL");
        var kubectl = new Kubectl(program, Kubeconfig);
        _opened.Add(kubectl);
        return kubectl;
    }

    private static Task<KubectlResult> Apply(Kubectl kubectl, string manifest, params string[] flags) =>
        kubectl.RunWithInputAsync(manifest, ["apply", "-f", "-", .. flags]);

    private static string Manifest(params (string Old, string New)[] changes) =>
        changes.Aggregate(ContractFiles.NetReachManifest, (text, change) => text.Replace(change.Old, change.New, StringComparison.Ordinal));

    private static string Labelled(string name, string app) => Manifest(("name: reach-task", $"name: {name}\n  labels: {{app: {app}}}"));

    private static string Json(string name, string rest) =>
        $$$"""{"apiVersion":"kdoctor.io/v1beta1","kind":"NetReach","metadata":{"name":"{{{name}}}"},{{{rest}}}}""";

    private static string Squeeze(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
