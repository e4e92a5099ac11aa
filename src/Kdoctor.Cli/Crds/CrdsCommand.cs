using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.Cli.Crds;

/// <summary><c>kdoctor crds</c>: the CustomResourceDefinitions, or the reference of their fields.</summary>
internal static class CrdsCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var format = new Option<string>("--output", "-o")
        {
            Description = "yaml and json for the definitions, markdown for the reference of all fields.",
            HelpName = "yaml|json|markdown",
            DefaultValueFactory = _ => "yaml",
        };
        format.AcceptOnlyFromAmong("yaml", "json", "markdown");
        var command = new Command("crds", "Print the CustomResourceDefinitions of the tasks.") { format };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(Render(parsed.GetValue(format))));
        return command;
    }

    private static string Render(string? format) => format switch
    {
        "json" => List().ToJsonString(Indented) + "\n",
        "markdown" => FieldReference.Write(),
        _ => CrdGenerator.ToYaml(),
    };

    private static JsonObject List() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "List",
        ["items"] = new JsonArray([.. CrdGenerator.Generate()]),
    };
}
