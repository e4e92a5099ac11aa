using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kdoctor.Core.Reports;

/// <summary>
/// A task's spec as its report shows it: without the credentials that header fields, variables of agents and a URL may hold. More people read reports than may
/// read tasks, and reports are copied into tickets. What is left says that there was something, and where.
/// </summary>
internal static partial class SpecRedaction
{
    /// <summary>Stands where a credential stood.</summary>
    public const string Mark = "(redacted)";

    // By parts of names, dashes and underscores aside: what is hidden in vain costs little, what is shown costs a credential.
    private static readonly string[] Telling =
        ["AUTH", "COOKIE", "TOKEN", "SECRET", "PASSW", "PASSPHRASE", "APIKEY", "ACCESSKEY", "PRIVATEKEY", "SIGNINGKEY", "CREDENTIAL", "SESSION", "SIGNATURE", "JWT", "BEARER"];

    /// <summary>A copy without credentials.</summary>
    public static JsonObject Of(JsonObject spec)
    {
        var copy = spec.DeepClone().AsObject();
        if (copy["target"] is JsonObject target)
        {
            if (target["header"] is JsonArray headers)
                Replace(headers, text => Header(text));
            if (target["host"] is JsonValue host && host.TryGetValue<string>(out var url))
                target["host"] = UserInformation().Replace(url, match => $"{match.Groups[1].Value}{Mark}@", 1);
        }
        if (copy["agentSpec"] is JsonObject agents && agents["env"] is JsonArray variables)
        {
            foreach (var variable in variables.OfType<JsonObject>())
            {
                if (variable["value"] is not null && IsTelling(variable["name"]?.ToString() ?? ""))
                    variable["value"] = Mark;
            }
        }
        return copy;
    }

    private static bool IsTelling(string name)
    {
        var plain = name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return Telling.Any(part => plain.Contains(part, StringComparison.OrdinalIgnoreCase));
    }

    // A field that is no field has its name at its begin all the same: the spec of a task that was refused is shown too.
    private static string Header(string text)
    {
        var name = FieldName().Match(text).Value;
        return IsTelling(name) ? $"{name}: {Mark}" : text;
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

    [GeneratedRegex(@"(\A[^/]*//|\A)[^/?#]*@", RegexOptions.NonBacktracking)]
    private static partial Regex UserInformation();
}
