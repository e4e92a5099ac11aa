using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.Discovery;

/// <summary>What clients read first: which groups, versions and resources there are.</summary>
/// <param name="resources">All resources of the server.</param>
internal sealed class DiscoveryDocuments(IReadOnlyList<ApiResource> resources)
{
    /// <summary><c>/api</c>: versions of the core group.</summary>
    public JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray([.. Versions("").Select(version => JsonValue.Create(version))]),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    /// <summary><c>/apis</c>: the named groups.</summary>
    public JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. GroupNames().Select(group => GroupBody(group, []))]),
    };

    /// <summary><c>/apis/G</c>, or null.</summary>
    public JsonObject? Group(string group) => GroupNames().Contains(group)
        ? GroupBody(group, new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" })
        : null;

    /// <summary><c>/api/V</c> or <c>/apis/G/V</c>, or null.</summary>
    public JsonObject? Resources(string group, string version)
    {
        var served = Of(group, version).ToList();
        return served.Count == 0 ? null : new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = served[0].Definition.ApiVersion,
            ["resources"] = new JsonArray([.. served.SelectMany(Entries)]),
        };
    }

    /// <summary>Aggregated discovery, <c>APIGroupDiscoveryList</c> of <c>apidiscovery.k8s.io</c>.</summary>
    /// <param name="version"><c>v2</c> or <c>v2beta1</c>.</param>
    /// <param name="isCore">Whether for <c>/api</c> or for <c>/apis</c>.</param>
    public JsonObject Aggregated(string version, bool isCore) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/" + version,
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. (isCore ? [""] : GroupNames()).Where(group => Versions(group).Any()).Select(group => new JsonObject
        {
            ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
            ["versions"] = new JsonArray([.. Versions(group).Select(v => new JsonObject
            {
                ["version"] = v,
                ["resources"] = new JsonArray([.. Of(group, v).Select(AggregatedEntry)]),
                ["freshness"] = "Current",
            })]),
        })]),
    };

    private IEnumerable<string> GroupNames() => resources.Select(resource => resource.Definition.Group).Where(group => group.Length > 0).Distinct();

    private IEnumerable<string> Versions(string group) =>
        resources.Where(resource => resource.Definition.Group == group).Select(resource => resource.Definition.Version).Distinct();

    private IEnumerable<ApiResource> Of(string group, string version) =>
        resources.Where(resource => resource.Definition.Group == group && resource.Definition.Version == version);

    private JsonObject GroupBody(string group, JsonObject body)
    {
        static JsonObject Version(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        body["name"] = group;
        body["versions"] = new JsonArray([.. Versions(group).Select(version => Version(group, version))]);
        body["preferredVersion"] = Version(group, Versions(group).First());
        return body;
    }

    private static IEnumerable<JsonObject> Entries(ApiResource resource)
    {
        var definition = resource.Definition;
        var entry = new JsonObject
        {
            ["name"] = definition.Plural,
            ["singularName"] = definition.Singular,
            ["namespaced"] = definition.Scope == ResourceScope.Namespaced,
            ["kind"] = definition.Kind,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (definition.ShortNames.Count > 0) entry["shortNames"] = Texts(definition.ShortNames);
        if (definition.Categories.Count > 0) entry["categories"] = Texts(definition.Categories);
        yield return entry;
        if (!definition.HasStatus) yield break;
        yield return new JsonObject
        {
            ["name"] = definition.Plural + "/status",
            ["singularName"] = "",
            ["namespaced"] = definition.Scope == ResourceScope.Namespaced,
            ["kind"] = definition.Kind,
            ["verbs"] = Texts(resource.StatusVerbs),
        };
    }

    private static JsonObject AggregatedEntry(ApiResource resource)
    {
        var definition = resource.Definition;
        JsonObject Kind() => new() { ["group"] = definition.Group, ["version"] = definition.Version, ["kind"] = definition.Kind };
        var entry = new JsonObject
        {
            ["resource"] = definition.Plural,
            ["responseKind"] = Kind(),
            ["scope"] = definition.Scope == ResourceScope.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = definition.Singular,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (definition.ShortNames.Count > 0) entry["shortNames"] = Texts(definition.ShortNames);
        if (definition.Categories.Count > 0) entry["categories"] = Texts(definition.Categories);
        if (definition.HasStatus)
        {
            entry["subresources"] = new JsonArray(new JsonObject
            {
                ["subresource"] = "status",
                ["responseKind"] = Kind(),
                ["verbs"] = Texts(resource.StatusVerbs),
            });
        }

        return entry;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
