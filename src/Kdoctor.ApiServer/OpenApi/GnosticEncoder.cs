using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.OpenApi;

/// <summary>
/// Encodes the documents of <see cref="OpenApiV2"/> as the protobuf message <c>openapi.v2.Document</c>, which older kubectl asks for.
/// Field numbers: github.com/google/gnostic, openapiv2/OpenAPIv2.proto. Only what those documents contain is encoded.
/// </summary>
internal static class GnosticEncoder
{
    /// <summary>Document: swagger 1, info 2 (title 1, version 2), paths 8 (path 2), definitions 9 (additional_properties 1).</summary>
    public static byte[] Encode(JsonObject document)
    {
        var info = (JsonObject)document["info"]!;
        return new ProtobufWriter()
            .Text(1, document.Text("swagger"))
            .Message(2, message => message.Text(1, info.Text("title")).Text(2, info.Text("version")))
            .Message(8, paths => Named(paths, 2, document["paths"], PathItem))
            .Message(9, definitions => Named(definitions, 1, document["definitions"], Schema))
            .ToArray();
    }

    /// <summary>PathItem: get 2, put 3, post 4, delete 5, patch 8.</summary>
    private static void PathItem(ProtobufWriter message, JsonObject item)
    {
        foreach (var (method, operation) in item)
        {
            var field = method switch { "get" => 2, "put" => 3, "post" => 4, "delete" => 5, _ => 8 };
            message.Message(field, inner => Operation(inner, (JsonObject)operation!));
        }
    }

    /// <summary>Operation: description 3, operation_id 5, produces 6, consumes 7, parameters 8, responses 9 (response_code 1), vendor_extension 13.</summary>
    private static void Operation(ProtobufWriter message, JsonObject operation)
    {
        message.Text(3, operation.Text("description")).Text(5, operation.Text("operationId"));
        Texts(message, 6, operation["produces"]);
        Texts(message, 7, operation["consumes"]);
        foreach (var parameter in operation["parameters"] as JsonArray ?? []) Parameter(message, (JsonObject)parameter!);
        message.Message(9, responses => Named(responses, 1, operation["responses"], (value, response) => value.Message(1, body => Response(body, response))));
        Extensions(message, 13, operation);
    }

    /// <summary>
    /// ParametersItem.parameter 1, then Parameter.body_parameter 1 (name 2, in 3, required 4, schema 5) or Parameter.non_body_parameter 2 with
    /// query_parameter_sub_schema 3 (in 2, name 4, type 6) or path_parameter_sub_schema 4 (required 1, in 2, name 4, type 5).
    /// </summary>
    private static void Parameter(ProtobufWriter operation, JsonObject parameter)
    {
        var (name, place) = (parameter.Text("name"), parameter.Text("in"));
        operation.Message(8, item => item.Message(1, message =>
        {
            if (place == "body")
                message.Message(1, body => body.Text(2, name).Text(3, place).Flag(4, true).Message(5, schema => Schema(schema, (JsonObject)parameter["schema"]!)));
            else if (place == "query")
                message.Message(2, simple => simple.Message(3, query => query.Text(2, place).Text(4, name).Text(6, parameter.Text("type"))));
            else
                message.Message(2, simple => simple.Message(4, path => path.Flag(1, true).Text(2, place).Text(4, name).Text(5, parameter.Text("type"))));
        }));
    }

    /// <summary>Response: description 1, schema 2 (SchemaItem.schema 1).</summary>
    private static void Response(ProtobufWriter message, JsonObject response)
    {
        message.Text(1, response.Text("description"));
        if (response["schema"] is JsonObject schema) message.Message(2, item => item.Message(1, inner => Schema(inner, schema)));
    }

    /// <summary>
    /// Schema: _ref 1, format 2, description 4, required 19, enum 20, additional_properties 21 (schema 1 or boolean 2), type 22 (value 1),
    /// items 23 (schema 1), properties 25 (additional_properties 1), vendor_extension 31.
    /// </summary>
    private static void Schema(ProtobufWriter message, JsonObject schema)
    {
        message.Text(1, schema.Text("$ref")).Text(2, schema.Text("format")).Text(4, schema.Text("description"));
        Texts(message, 19, schema["required"]);
        foreach (var value in schema["enum"] as JsonArray ?? []) message.Message(20, any => Any(any, value));
        if (schema["additionalProperties"] is JsonObject inner) message.Message(21, item => item.Message(1, body => Schema(body, inner)));
        else if (schema["additionalProperties"] is JsonValue flag) message.Message(21, item => item.Flag(2, flag.GetValue<bool>()));
        if (schema.Text("type") is { } type) message.Message(22, item => item.Text(1, type));
        if (schema["items"] is JsonObject items) message.Message(23, item => item.Message(1, body => Schema(body, items)));
        if (schema["properties"] is JsonObject properties) message.Message(25, item => Named(item, 1, properties, Schema));
        Extensions(message, 31, schema);
    }

    /// <summary>Every Named* message: name 1, value 2.</summary>
    private static void Named(ProtobufWriter message, int field, JsonNode? entries, Action<ProtobufWriter, JsonObject> write)
    {
        foreach (var (name, value) in entries as JsonObject ?? [])
            message.Message(field, named => named.Text(1, name).Message(2, inner => write(inner, (JsonObject)value!)));
    }

    private static void Extensions(ProtobufWriter message, int field, JsonObject source)
    {
        foreach (var (name, value) in source)
        {
            if (name.StartsWith("x-", StringComparison.Ordinal)) message.Message(field, named => named.Text(1, name).Message(2, any => Any(any, value)));
        }
    }

    /// <summary>Any: yaml 2; JSON is YAML.</summary>
    private static void Any(ProtobufWriter message, JsonNode? value) => message.Text(2, value?.ToJsonString() ?? "null");

    private static void Texts(ProtobufWriter message, int field, JsonNode? texts)
    {
        foreach (var text in texts as JsonArray ?? []) message.Text(field, text!.GetValue<string>());
    }
}
