using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Reports;

/// <summary>A task's spec as its report shows it: without the credentials that header fields, variables of agents and a URL may hold.</summary>
internal static partial class SpecRedaction
{
    /// <summary>A copy without credentials.</summary>
    public static JsonObject Of(JsonObject spec)
    {
        var copy = spec.DeepClone().AsObject();
        if (copy["target"] is JsonObject target)
        {
            if (target["header"] is JsonArray headers)
                Replace(headers, text => Header(text));
            if (target["host"] is JsonValue host && host.TryGetValue<string>(out var url))
                target["host"] = Credentials.HiddenIn(url);
        }
        if (copy["agentSpec"] is JsonObject agents && agents["env"] is JsonArray variables)
        {
            foreach (var variable in variables.OfType<JsonObject>())
            {
                if (variable["value"] is not null && Credentials.IsTelling(variable["name"]?.ToString() ?? ""))
                    variable["value"] = Credentials.Mark;
            }
        }
        return copy;
    }

    // A field that is no field has its name at its begin all the same: the spec of a task that was refused is shown too.
    private static string Header(string text)
    {
        var name = FieldName().Match(text).Value;
        return Credentials.IsTelling(name) ? $"{name}: {Credentials.Mark}" : text;
    }

    private static void Replace(JsonArray list, Func<string, string> change)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] is JsonValue value && value.TryGetValue<string>(out var text))
                list[index] = change(text);
        }
    }

    [GeneratedRegex(@"\A\s*[^\s:=]*", RegexOptions.NonBacktracking)]
    private static partial Regex FieldName();
}
