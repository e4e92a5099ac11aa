using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>
/// Reads a tree by its schema: types, ranges, allowed values, unknown and missing fields become problems; the result has every default filled in, and
/// in the place of a wrong value its default, so that reading goes on.
/// </summary>
internal sealed class SchemaReader(ProblemList problems)
{
    public JsonNode? Read(ManifestNode node, FieldSchema schema, FieldPath path) => schema.Type switch
    {
        FieldType.Object => node is ManifestMap map ? Object(map, schema, path) : WrongType(node, schema, path),
        FieldType.Map => node is ManifestMap map ? Map(map, schema.Items!, path) : WrongType(node, schema, path),
        FieldType.Array => node is ManifestList list ? List(list, schema.Items!, path) : WrongType(node, schema, path),
        _ => Scalar(node, schema, path),
    };

    private JsonObject Object(ManifestMap map, FieldSchema schema, FieldPath path)
    {
        var result = new JsonObject();
        foreach (var field in map.Fields)
        {
            var at = path.Field(field.Name);
            if (schema.Field(field.Name) is not { } known)
            {
                if (schema.KeepUnknown)
                    result[field.Name] = field.Value.ToJson();
                else
                    Unknown(field.Name, schema, at);
            }
            else if (!IsNull(field.Value) && Read(field.Value, known, at) is { } value)
            {
                result[field.Name] = value;
            }
        }

        foreach (var (name, known) in schema.Fields)
        {
            if (!result.ContainsKey(name) && DefaultOf(known) is { } value)
                result[name] = value;
            if (known.Required && (map.Find(name) is not { } written || IsNull(written.Value)))
                problems.Add(path.Field(name), "is required, but missing", $"add it: {known.Description.TrimEnd('.')}");
        }

        return result;
    }

    private JsonObject Map(ManifestMap map, FieldSchema items, FieldPath path)
    {
        var result = new JsonObject();
        foreach (var field in map.Fields)
            result[field.Name] = Read(field.Value, items, path.Field(field.Name));
        return result;
    }

    private JsonArray List(ManifestList list, FieldSchema items, FieldPath path) =>
        [.. list.Items.Select((item, index) => Read(item, items, path.Item(index)))];

    private JsonNode? Scalar(ManifestNode node, FieldSchema schema, FieldPath path)
    {
        if (node is not ManifestScalar scalar)
            return WrongType(node, schema, path);
        switch (schema.Type, scalar.Kind)
        {
            case (FieldType.Boolean, ScalarKind.Boolean):
            case (FieldType.Quantity, ScalarKind.Whole or ScalarKind.Text):
                return scalar.ToJson();
            case (FieldType.Text, ScalarKind.Text):
                return Text(scalar.Text, schema, path);
            case (FieldType.Integer or FieldType.Number, ScalarKind.Whole or ScalarKind.Number):
                return Number(scalar, schema, path) ?? DefaultOf(schema);
            default:
                return WrongType(node, schema, path);
        }
    }

    private JsonNode? Text(string text, FieldSchema schema, FieldPath path)
    {
        if (schema.AllowedValues.IsEmpty || schema.AllowedValues.Contains(text))
            return JsonValue.Create(text);
        var near = ProblemWords.Nearest(text, schema.AllowedValues);
        problems.Add(
            path,
            $"is {ProblemWords.Quote(text)}, but must be one of {string.Join(", ", schema.AllowedValues)}",
            near is null ? "write one of them" : $"did you mean {near}?");
        return DefaultOf(schema);
    }

    private JsonValue? Number(ManifestScalar scalar, FieldSchema schema, FieldPath path)
    {
        var number = double.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (schema.Type is FieldType.Integer && number != Math.Floor(number))
        {
            problems.Add(path, $"must be a whole number, but is {scalar.Text}", "round it");
            return null;
        }

        var minimum = schema.Minimum ?? (schema.Type is FieldType.Integer ? int.MinValue : double.MinValue);
        var maximum = schema.Maximum ?? (schema.Type is FieldType.Integer ? int.MaxValue : double.MaxValue);
        if (number >= minimum && number <= maximum)
            return schema.Type is FieldType.Integer ? JsonValue.Create((int)number) : JsonValue.Create(number);
        var rule = (schema.Maximum, number > maximum) switch
        {
            ({ }, _) => $"from {Words(minimum)} to {Words(maximum)}",
            (null, true) => $"at most {Words(maximum)}",
            (null, false) => $"at least {Words(minimum)}",
        };
        problems.Add(path, $"is {scalar.Text}, but must be {rule}", "write a number in that range");
        return null;
    }

    private JsonNode? WrongType(ManifestNode node, FieldSchema schema, FieldPath path)
    {
        var (wanted, remedy) = schema.Type switch
        {
            FieldType.Text when node is ManifestScalar { Kind: not ScalarKind.Null } => ("a text", "put it in quotes"),
            FieldType.Text => ("a text", "write one text"),
            FieldType.Integer => ("a whole number", "write a whole number without quotes"),
            FieldType.Number => ("a number", "write a number without quotes"),
            FieldType.Boolean => ("true or false", "write true or false without quotes"),
            FieldType.Array => ("a list", "write a list, each item after a dash"),
            FieldType.Quantity => ("a quantity", "write one such as 500m or 256Mi"),
            _ => ("a map", "write its fields below it, indented, as name: value"),
        };
        // A text that stands for a list or a map may be a header with a credential.
        var found = node is ManifestScalar { Kind: ScalarKind.Text } && schema.Type is FieldType.Array or FieldType.Map or FieldType.Object ? "a text" : NodeWords.Of(node);
        problems.Add(path, $"must be {wanted}, but is {found}", remedy);
        return DefaultOf(schema);
    }

    private void Unknown(string name, FieldSchema schema, FieldPath path)
    {
        var known = schema.Fields.Select(field => field.Key).ToArray();
        var near = ProblemWords.Nearest(name, known);
        problems.Add(path, "is not a known field", near is null ? $"remove it; known here are {string.Join(", ", known)}" : $"did you mean {near}?");
    }

    /// <summary>An object that is there by default brings the defaults of its fields. Nothing in it was written, so nothing is wrong.</summary>
    private static JsonNode? DefaultOf(FieldSchema schema)
    {
        if (schema is not { Type: FieldType.Object, Default: not null })
            return schema.Default?.DeepClone();
        var nothing = new ManifestMap(null, []);
        return new SchemaReader(new ProblemList(nothing)).Object(nothing, schema, FieldPath.Root);
    }

    private static bool IsNull(ManifestNode node) => node is ManifestScalar { Kind: ScalarKind.Null };

    private static string Words(double number) => number.ToString(CultureInfo.InvariantCulture);
}
