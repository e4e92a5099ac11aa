using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>What must hold for agents of the task's own.</summary>
internal static class AgentRules
{
    private static readonly FieldPath Section = FieldPath.Spec.Field("agentSpec");

    public static void Check(AgentSpec? agent, ProblemList problems)
    {
        foreach (var (key, _) in agent?.Annotation ?? new Dictionary<string, string>())
        {
            if (!Names.IsLabelKey(key))
            {
                problems.Add(
                    Section.Field("annotation").Field(key),
                    "is no annotation's name",
                    "use at most 63 of A-Z, a-z, 0-9, '-', '_' and '.', after an optional DNS name and '/'");
            }
        }

        var index = 0;
        foreach (var variable in agent?.Env ?? [])
            Variable(variable, Section.Field("env").Item(index++), problems);
        Quantities(agent?.Resources?.Limits, Section.Field("resources").Field("limits"), problems);
        Quantities(agent?.Resources?.Requests, Section.Field("resources").Field("requests"), problems);
    }

    private static void Variable(EnvVarSpec? variable, FieldPath path, ProblemList problems)
    {
        if (variable?.Name is { } name && !Names.IsEnvironmentVariable(name))
        {
            problems.Add(
                path.Field("name"),
                $"is {ProblemWords.Quote(name)}, which is no name of an environment variable",
                "use letters, digits, '_', '-' and '.', not a digit first");
        }

        if (variable?.Name is { } own && AgentVariables.Contains(own))
        {
            problems.Add(
                path.Field("name"),
                $"is {ProblemWords.Quote(own)}, which tells the agent who it is or where it listens and cannot be set ({AgentVariables.Words})",
                "give the variable another name, or leave it out");
        }

        if (variable is { Value.Length: > 0, ValueFrom: not null })
            problems.Add(path, "has both value and valueFrom", "keep one of the two");
        foreach (var (source, _) in variable?.ValueFrom ?? [])
            Source(source, path.Field("valueFrom").Field(source), problems);
    }

    // The controller makes the pods, in its own namespace and with its own rights: a Secret named here would be read for whoever may make tasks.
    private static void Source(string source, FieldPath path, ProblemList problems)
    {
        if (source is "fieldRef" or "resourceFieldRef")
            return;
        var message = source is "secretKeyRef" or "configMapKeyRef"
            ? "names an object of the namespace that kdoctor's agents are in, which whoever makes a task need not be allowed to read"
            : "is no source that a variable of a task's agents may have";
        problems.Add(path, message, "put the value into value, or use fieldRef or resourceFieldRef");
    }

    private static void Quantities(IReadOnlyDictionary<string, JsonNode>? quantities, FieldPath path, ProblemList problems)
    {
        foreach (var (name, quantity) in quantities ?? new Dictionary<string, JsonNode>())
        {
            var text = quantity?.ToString() ?? "";
            if (!Names.IsQuantity(text))
                problems.Add(path.Field(name), $"is {ProblemWords.Quote(text)}, which is no quantity", "write one such as 500m or 256Mi");
        }
    }
}
