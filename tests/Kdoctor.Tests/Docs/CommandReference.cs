using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.Globalization;
using System.Text;
using Kdoctor.Cli;
using Kdoctor.Tests.Cli;

namespace Kdoctor.Tests.Docs;

/// <summary>Writes the page of all commands from the command itself.</summary>
internal static class CommandReference
{
    /// <summary>The command as a user in a home folder of <c>~</c> has it; for asking what it understands, not for running.</summary>
    public static RootCommand Command() => CommandLine.Create(CliRun.Context() with { Environment = name => name == "HOME" ? "~" : null });

    /// <summary>The page.</summary>
    public static string Write()
    {
        var root = Command();
        var page = new StringBuilder();
        page.Append("# Commands\n\nWritten from the command itself; a test compares it. ").Append("`kdoctor COMMAND --help` shows the same.\n\n");
        page.Append(string.Join("\n", (root.Description ?? "").ReplaceLineEndings("\n").Split('\n'))).Append('\n');
        foreach (var command in root.Subcommands)
            Append(page, command, $"kdoctor {command.Name}");
        return page.ToString();
    }

    private static void Append(StringBuilder page, Command command, string name)
    {
        var arguments = string.Concat(command.Arguments.Select(argument => $" {argument.Name}"));
        page.Append(CultureInfo.InvariantCulture, $"\n## {name}{arguments}\n\n{command.Description}\n");
        foreach (var part in command.Subcommands)
            Append(page, part, $"{name} {part.Name}");
        if (command.Subcommands.Count > 0)
            return;
        page.Append("\n| option | default | description |\n|---|---|---|\n");
        foreach (var argument in command.Arguments)
            Row(page, $"`{argument.Name}`", "required", argument.Description);
        foreach (var option in command.Options.Where(option => option is not HelpOption))
            Row(page, Names(option), Default(option), option.Description);
    }

    private static void Row(StringBuilder page, string names, string value, string? description) =>
        page.Append(CultureInfo.InvariantCulture, $"| {names} | {value} | {description?.Replace("*", "\\*", StringComparison.Ordinal)} |\n");

    private static string Names(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length).Select(name => $"`{name}`"));
        return Value(option) is { } value ? $"{names} `{value.Replace("|", "\\|", StringComparison.Ordinal)}`" : names;
    }

    private static string? Value(Option option) => option switch
    {
        { HelpName: { } name } => name,
        _ when option.ValueType == typeof(bool) => null,
        _ => string.Join('|', option.GetCompletions(CompletionContext.Empty).Select(completion => completion.Label)) is { Length: > 0 } values ? values : null,
    };

    private static string Default(Option option) => option switch
    {
        { Required: true } => "required",
        { HasDefaultValue: true } when option.ValueType != typeof(bool) => $"`{Words(option.GetDefaultValue())}`",
        _ => "",
    };

    private static string Words(object? value) => value switch
    {
        string[] several => string.Join(' ', several),
        Enum choice => choice.ToString().ToLowerInvariant(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
