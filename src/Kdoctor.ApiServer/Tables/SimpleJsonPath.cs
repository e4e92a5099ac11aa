using System.Globalization;
using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Tables;

/// <summary>The JSON paths that printer columns use: <c>.a.b[0]['c.d'].e\.f</c>. Filters and wildcards are not known.</summary>
/// <param name="Steps">Field names and array indexes, from the root.</param>
internal sealed record SimpleJsonPath(IReadOnlyList<SimpleJsonPath.Step> Steps)
{
    /// <summary>A field, or where there is no name an item.</summary>
    internal readonly record struct Step(string? Name, int Index);

    /// <exception cref="FormatException">The path is not of that form.</exception>
    public static SimpleJsonPath Parse(string text)
    {
        var path = text.Trim();
        if (path.StartsWith('{') && path.EndsWith('}')) path = path[1..^1];
        if (path.StartsWith('$')) path = path[1..];
        var steps = new List<Step>();
        for (var at = 0; at < path.Length;) steps.Add(path[at] == '[' ? Bracket(path, ref at) : Field(path, ref at, steps.Count == 0));
        return steps.Count > 0 ? new SimpleJsonPath(steps) : throw new FormatException($"\"{text}\" is an empty path");
    }

    /// <summary>The value, or null where there is none.</summary>
    public JsonNode? Read(JsonNode? root)
    {
        foreach (var step in Steps)
        {
            root = root switch
            {
                JsonObject fields when step.Name is { } name => fields[name],
                JsonArray items when step.Name is null && step.Index < items.Count => items[step.Index],
                _ => null,
            };
        }

        return root;
    }

    private static Step Field(string path, ref int at, bool isFirst)
    {
        if (path[at] == '.') at++;
        else if (!isFirst) throw new FormatException($"\"{path}\": a dot is missing at {at}");
        var name = new System.Text.StringBuilder();
        for (; at < path.Length && path[at] is not ('.' or '['); at++)
        {
            if (path[at] == '\\' && at + 1 < path.Length) at++;
            else if (path[at] is '*' or ']' or '(' or ')' or '{' or '}' or '@' or '?') throw new FormatException($"\"{path}\": {path[at]} is not supported");
            name.Append(path[at]);
        }

        return name.Length > 0 ? new Step(name.ToString(), 0) : throw new FormatException($"\"{path}\": a name is empty");
    }

    private static Step Bracket(string path, ref int at)
    {
        var end = path.IndexOf(']', at);
        if (end < 0) throw new FormatException($"\"{path}\": ] is missing");
        var inner = path[(at + 1)..end];
        at = end + 1;
        if (inner.Length > 2 && inner[0] is '\'' or '"' && inner[^1] == inner[0]) return new Step(inner[1..^1], 0);
        return int.TryParse(inner, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new Step(null, index)
            : throw new FormatException($"\"{path}\": [{inner}] is not supported");
    }
}
