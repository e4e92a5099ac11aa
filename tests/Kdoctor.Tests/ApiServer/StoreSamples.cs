using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Storage;

namespace Kdoctor.Tests.ApiServer;

/// <summary>Small objects for tests of the store.</summary>
internal static class StoreSamples
{
    public static JsonObject Item(string name, string? value = null) => new()
    {
        ["apiVersion"] = "kdoctor.io/v1beta1",
        ["kind"] = "NetReach",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["value"] = value,
    };

    public static WatchEvent Added(long version)
    {
        var item = Item("n" + version);
        item["metadata"]!["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return new WatchEvent(WatchEventType.Added, new ApiObject(item), null);
    }
}
