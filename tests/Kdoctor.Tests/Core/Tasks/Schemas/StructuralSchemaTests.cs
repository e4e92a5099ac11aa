using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Schemas;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks.Schemas;

/// <summary>The rules by which an API server accepts a schema as structural, as the Kubernetes documentation lists them.</summary>
public sealed class StructuralSchemaTests
{
    [Theory]
    [InlineData(TaskKind.NetReach)]
    [InlineData(TaskKind.AppHttpHealthy)]
    [InlineData(TaskKind.Netdns)]
    public void Every_node_is_structural_and_every_default_fits(TaskKind kind) => Check(Schema(kind), kind.ToString());

    [Fact]
    public void No_default_is_given_where_it_depends_on_other_fields() =>
        Assert.Null(Schema(TaskKind.NetReach)["properties"]!["spec"]!["properties"]!["schedule"]!["properties"]!["roundTimeoutMinute"]!["default"]);

    private static JsonObject Schema(TaskKind kind) =>
        CrdGenerator.Generate(kind)["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();

    private static void Check(JsonObject schema, string path)
    {
        var isIntOrString = schema["x-kubernetes-int-or-string"]?.GetValue<bool>() == true;
        Assert.True(isIntOrString != (schema["type"] is not null), $"{path} needs a type, or to be int-or-string");
        Assert.False(schema.ContainsKey("properties") && schema.ContainsKey("additionalProperties"), $"{path} is both an object and a map");
        Assert.True(isIntOrString || !schema.ContainsKey("anyOf"), $"{path} has anyOf");
        Assert.Equal(schema["type"]?.GetValue<string>() == "array", schema.ContainsKey("items"));
        if (schema["default"] is { } value)
            Assert.True(Fits(value, schema), $"{path} has the default {value.ToJsonString()}");
        foreach (var required in schema["required"]?.AsArray() ?? [])
            Assert.True(schema["properties"]!.AsObject().ContainsKey(required!.GetValue<string>()), $"{path}.{required}");
        foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
            Check(field!.AsObject(), $"{path}.{name}");
        if ((schema["items"] ?? schema["additionalProperties"]) is JsonObject items)
            Check(items, path + "[]");
    }

    private static bool Fits(JsonNode value, JsonObject schema)
    {
        var kind = value.GetValueKind();
        return schema["type"]!.GetValue<string>() switch
        {
            "object" => value is JsonObject { Count: 0 } && schema["required"] is null,
            "string" => kind is JsonValueKind.String && (schema["enum"] is not JsonArray allowed || allowed.Any(one => JsonNode.DeepEquals(one, value))),
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" or "number" => kind is JsonValueKind.Number
                && double.Parse(value.ToJsonString(), null) is var number
                && !(number < schema["minimum"]?.GetValue<long>()) && !(number > schema["maximum"]?.GetValue<long>()),
            _ => false,
        };
    }
}
