using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.Core.Tasks.Reading;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.Core.Settings;

/// <summary>
/// A process's settings, one YAML document, read into a record with the rules by which tasks are read: every problem at once, each with its line.
/// What a field may hold stands at the record's property: description, range, allowed values, and its default.
/// </summary>
public static class SettingsFile
{
    /// <summary>Reads a file's text. An empty file is all defaults. Never throws for what the text holds.</summary>
    /// <param name="text">The file.</param>
    /// <param name="defaults">The record as it is where the file says nothing.</param>
    /// <param name="contracts">The record's JSON contract, camel case.</param>
    /// <param name="rules">What is wrong beyond types and ranges. A value that is wrong by those is its default here, an item of a list null.</param>
    public static SettingsReading<T> Read<T>(string text, T defaults, JsonSerializerContext contracts, Func<T, IEnumerable<SettingsProblem>> rules)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(defaults);
        ArgumentNullException.ThrowIfNull(contracts);
        ArgumentNullException.ThrowIfNull(rules);
        var nothing = text.Split('\n').All(line => line.TrimStart().Length == 0 || line.TrimStart().StartsWith('#'));
        var file = nothing ? new ManifestFile([new ManifestMap(null, [])], []) : ManifestReader.Read(text);
        if (!file.Problems.IsEmpty)
            return new SettingsReading<T>(null, file.Problems);
        var root = file.Documents[0];
        var problems = new ProblemList(root);
        if (file.Documents.Length > 1)
            problems.Add(FieldPath.Root, $"the file holds {file.Documents.Length} documents, but settings are one", "leave only the first");
        var read = new SchemaReader(problems).Read(root, SchemaOf(defaults, contracts), FieldPath.Root);
        if (read is not JsonObject document)
            return new SettingsReading<T>(null, problems.ToImmutable());

        // Where a value is wrong the record has its default: the rules go on with the rest, and say nothing of what is wrong already.
        var settings = (T)document.Deserialize(typeof(T), contracts)!;
        foreach (var problem in rules(settings).Where(problem => problems.Clean([.. problem.Others.Select(FieldPath.Parse)])).ToList())
            problems.Add(FieldPath.Parse(problem.Field), problem.Message, problem.Remedy);
        return new SettingsReading<T>(problems.IsEmpty ? settings : null, problems.ToImmutable());
    }

    internal static FieldSchema SchemaOf(object defaults, JsonSerializerContext contracts) =>
        new SchemaBuilder(contracts).Of(defaults) with { Default = new JsonObject() };
}

/// <summary>What became of a settings file.</summary>
/// <param name="Settings">The record; null when there are problems.</param>
/// <param name="Problems">All problems at once, by line; at most 100.</param>
public sealed record SettingsReading<T>(T? Settings, ImmutableArray<Problem> Problems)
    where T : class;

/// <summary>A rule between fields, or one that no attribute can say, that settings break.</summary>
/// <param name="Field">The field's path, for example <c>targets.deny[2]</c>.</param>
/// <param name="Message">What is wrong, with the value and the rule.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record SettingsProblem(string Field, string Message, string Remedy)
{
    /// <summary>Other fields that the rule is about: it means nothing where one of them is wrong by itself.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];
}
