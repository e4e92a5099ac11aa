using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>
/// Which options an installation was made with: an annotation of the ConfigMap with the settings, an option with its value on each line. What a later
/// installation does not repeat goes back to its default, and must not do so unnoticed.
/// </summary>
internal static class RememberedOptions
{
    /// <summary>Holds the options; absent where none was given.</summary>
    public const string Annotation = "kdoctor.io/install-options";

    // Each value of these counts; of the others the last.
    private static readonly ImmutableArray<string> Several = ["--allow-secrets-in", "--image-pull-secret", "--multus-network"];

    /// <summary>Where the ConfigMap of an installation is.</summary>
    public static string PathIn(string space) => ObjectKind.All.Single(kind => kind.Kind == "ConfigMap").Path(space, ClusterNames.SettingsConfigMap);

    /// <summary>Writes the options into the ConfigMap.</summary>
    public static void Write(JsonObject settings, ImmutableArray<string> given)
    {
        if (!given.IsEmpty)
            settings["metadata"]!["annotations"] = new JsonObject { [Annotation] = string.Join('\n', given) };
    }

    /// <summary>The options that the ConfigMap of the installation that is there remembers and that are not given now; an option with another value is given.</summary>
    public static IEnumerable<string> Missing(JsonObject? settings, ImmutableArray<string> given)
    {
        var now = given.Select(Key).ToHashSet(StringComparer.Ordinal);
        var before = settings?["metadata"]?["annotations"]?[Annotation]?.ToString() ?? "";

        // Whoever may change the ConfigMap may change the annotation: a line that is no option says nothing.
        return before.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(option => option.StartsWith("--", StringComparison.Ordinal) && !now.Contains(Key(option)));
    }

    private static string Key(string option) => option.Split(' ')[0] is var name && Several.Contains(name) ? option : name;
}
