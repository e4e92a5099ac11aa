using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class DocumentTests
{
    [Theory]
    [InlineData("v2")]
    [InlineData("v2beta1")]
    public async Task Discovery_is_aggregated_on_request(string version)
    {
        await using var test = await ApiTest.StartAsync();
        var accept = $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList,application/json";
        var group = (await test.GetAsync("/apis", accept)).Json["items"]!.AsArray().Single()!;
        var resource = group["versions"]![0]!["resources"]![0]!;
        Assert.Equal(("kdoctor.io", "netreaches", "Cluster"), (
            group["metadata"]!["name"]!.GetValue<string>(), resource["resource"]!.GetValue<string>(), resource["scope"]!.GetValue<string>()));
        Assert.Equal("status", resource["subresources"]![0]!["subresource"]!.GetValue<string>());
        Assert.Equal("APIGroupList", (await test.GetAsync("/apis", "application/json")).Json["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Openapi_3_describes_the_group_and_the_query_of_writes()
    {
        await using var test = await ApiTest.StartAsync();
        var url = (await test.GetAsync("/openapi/v3")).Json["paths"]!["apis/kdoctor.io/v1beta1"]!["serverRelativeURL"]!.GetValue<string>();
        var document = (await test.GetAsync(url)).Json;
        var patch = document["paths"]![ApiTest.Path + "/{name}"]!["patch"]!;
        Assert.Contains("fieldValidation", patch["parameters"]!.AsArray().Select(parameter => parameter!["name"]!.GetValue<string>()));
        Assert.Equal("NetReach", patch["x-kubernetes-group-version-kind"]!["kind"]!.GetValue<string>());
        Assert.Equal(1, document["components"]!["schemas"]!["io.kdoctor.v1beta1.NetReach"]!["properties"]!["spec"]!["properties"]!["request"]!["properties"]!["qps"]!["minimum"]!.GetValue<int>());
    }

    [Fact]
    public void Openapi_2_is_encoded_with_the_field_numbers_of_its_proto()
    {
        var document = JsonNode.Parse("""{"swagger":"2.0","info":{"title":"t","version":"v"},"paths":{},"definitions":{"D":{"type":"object","properties":{"p":{"$ref":"r"}},"x-y":1}}}""")!;
        Assert.Equal(
            "0A03322E30" + "1206" + "0A0174" + "120176" + "4200" // swagger 1, info 2, paths 8
            + "4A2C" + "0A2A" + "0A0144" + "1225" // definitions 9: name 1 "D", value 2
            + "B20108" + "0A066F626A656374" // type 22
            + "CA010A" + "0A08" + "0A0170" + "1203" + "0A0172" // properties 25: name 1 "p", value 2 with _ref 1
            + "FA010A" + "0A03782D79" + "1203" + "120131", // vendor_extension 31: name 1, value 2 with yaml 2
            Convert.ToHexString(Kdoctor.ApiServer.OpenApi.GnosticEncoder.Encode(document.AsObject())));
    }

    [Fact]
    public async Task Tables_carry_what_is_asked_for()
    {
        await using var test = await ApiTest.StartAsync();
        await test.CreateAsync(ApiTest.NetReach("a"));
        foreach (var (include, kind) in ((string, string?)[])[("Metadata", "PartialObjectMetadata"), ("Object", "NetReach"), ("None", null)])
        {
            var table = (await test.GetAsync($"{ApiTest.Path}?includeObject={include}", "application/json;as=Table;v=v1beta1;g=meta.k8s.io")).Json;
            Assert.Equal(("Table", "meta.k8s.io/v1beta1"), (table["kind"]!.GetValue<string>(), table["apiVersion"]!.GetValue<string>()));
            Assert.Equal(kind, table["rows"]![0]!["object"]?["kind"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_virtual_resource_is_read_only_and_may_answer_to_an_alias()
    {
        var definition = ContractFiles.NetReach with { Group = "system.kdoctor.io", Kind = "KdoctorReport", Plural = "kdoctorreports", Singular = "kdoctorreport", PrinterColumns = [], HasStatus = false };
        await using var test = await ApiTest.StartAsync(resources: _ => [new ApiResource(definition, new OneReport())]);
        const string path = "/apis/system.kdoctor.io/v1beta1/kdoctorreports";
        Assert.Equal("netreach-a", (await test.GetAsync(path + "/a")).Json["metadata"]!["name"]!.GetValue<string>());
        Assert.Equal("kdoctorreports.system.kdoctor.io \"both\" not found: ask for either", (await test.GetAsync(path + "/both")).Json["message"]!.GetValue<string>());
        Assert.Equal("kdoctorreports.system.kdoctor.io \"b\" not found", (await test.GetAsync(path + "/b")).Json["message"]!.GetValue<string>());
        Assert.Equal(405, (await test.Api.SendAsync(HttpMethod.Delete, path + "/a")).Code);
        Assert.Equal(405, (await test.Api.SendAsync(HttpMethod.Post, path, "{}")).Code);
        var table = (await test.GetAsync(path, "application/json;as=Table;v=v1;g=meta.k8s.io")).Json;
        Assert.Equal(["Name", "Age"], table["columnDefinitions"]!.AsArray().Select(column => column!["name"]!.GetValue<string>()));
        var verbs = (await test.GetAsync("/apis/system.kdoctor.io/v1beta1")).Json["resources"]![0]!["verbs"]!.AsArray().Select(verb => verb!.GetValue<string>());
        Assert.Equal(["get", "list", "watch"], verbs);
    }

    private sealed class OneReport : IResourceReader
    {
        private readonly WatchLog log = new(1);

        private readonly ApiObject report = new(JsonNode.Parse(
            """{"apiVersion":"system.kdoctor.io/v1beta1","kind":"KdoctorReport","metadata":{"name":"netreach-a","resourceVersion":"1"}}""")!.AsObject());

        public ValueTask<ApiObject?> GetAsync(string? ns, string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(name is "a" or "netreach-a" ? report : null);

        public ValueTask<string?> InsteadOfAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(name == "both" ? "ask for either" : null);

        public ValueTask<ObjectList> ListAsync(string? ns, CancellationToken cancellationToken) => ValueTask.FromResult(new ObjectList(1, [report]));

        public Attempt<WatchSubscription> Watch(long? since) => log.Follow(since ?? 1, 1);
    }
}
