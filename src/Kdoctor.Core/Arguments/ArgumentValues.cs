using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Kdoctor.Core.Arguments;

/// <summary>Whether the values of a command line can be read at all: a command's own rules ask for values, and must find some.</summary>
internal static class ArgumentValues
{
    /// <summary>Lets the rules of a command and of its parts look only at values that can be read.</summary>
    public static void CheckFirst(Command command)
    {
        foreach (var part in command.Subcommands)
            CheckFirst(part);
        var rules = command.Validators.ToList();
        command.Validators.Clear();
        command.Validators.Add(result =>
        {
            var problems = Problems(result).ToList();
            foreach (var problem in problems)
                result.AddError(problem);
            foreach (var rule in problems.Count == 0 ? rules : [])
                rule(result);
        });
    }

    private static IEnumerable<string> Problems(CommandResult result) =>
        result.Command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0 && result.GetResult(argument) is not { Tokens.Count: > 0 })
            .Select(argument => $"{argument.Name}: is missing: {argument.Description}")
            .Concat(result.Command.Options.SelectMany(option => Problems(option, result.GetResult(option))));

    private static IEnumerable<string> Problems(Option option, OptionResult? given)
    {
        if (given is null or { Implicit: true })
            return option.Required ? [$"{option.Name} is required: {option.Description}"] : [];
        if (given.Tokens.Count < option.Arity.MinimumNumberOfValues)
            return [$"{option.Name}: its value is missing; write {option.Name} {option.HelpName ?? string.Join('|', Choices(option))}"];
        if (given.Tokens.Count > option.Arity.MaximumNumberOfValues)
            return [$"{option.Name}: is given {given.Tokens.Count} times; give it once"];
        return given.Tokens.Select(token => Problem(option, token.Value)).OfType<string>();
    }

    private static string? Problem(Option option, string value)
    {
        if ((Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) == typeof(int))
            return int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : $"{option.Name} {value}: must be a whole number";
        var choices = Choices(option);
        var spelling = option.ValueType == typeof(string) ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return choices.Count == 0 || choices.Exists(choice => choice.Equals(value, spelling))
            ? null
            : $"{option.Name} {value}: must be one of {option.HelpName?.Replace("|", ", ", StringComparison.Ordinal) ?? string.Join(", ", choices)}";
    }

    // The names of a kind of value that has names, and what an option was told to take; none for all that is free text.
    private static List<string> Choices(Option option) => [.. option.GetCompletions(CompletionContext.Empty).Select(choice => choice.Label)];
}
