using Kdoctor.Cli.Manifests;
using Kdoctor.Controller.Settings;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Cli.Installing;

/// <summary>Reads the file with the controller's settings, by the rules with which the controller will read it.</summary>
internal static class SettingsChoice
{
    /// <summary>Its text and what it says, or lines about all that is wrong with it, by itself or beside the other choices.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choices">What an installation was asked for beside it; null where nothing is installed.</param>
    public static (string? Text, ControllerSettings? Settings, IReadOnlyList<string> Problems) Read(string path, InstallChoices? choices = null)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, null, [$"{path}: {ManifestFiles.Reason(unreadable)}; check the path that --settings names, and its permissions"]);
        }
        var (settings, problems) = SettingsReader.Read(text);
        if (settings is not null && choices is not null && Storage(settings.Storage, choices) is { } problem)
            problems = [problem with { Line = LineOf(text, problem.Field) }];
        return problems.IsEmpty ? (text, settings, []) : (null, null, [.. problems.Select(problem => problem.InFile(path))]);
    }

    // What the controller would take, and could not work with as it is installed.
    private static Problem? Storage(StorageSettings storage, InstallChoices choices)
    {
        if (storage.Kind == StorageSettings.Postgres && choices.Postgres is null)
        {
            return new Problem(
                null, "storage.kind", $"is {StorageSettings.Postgres}, but without --postgres-secret the controller is not told where that is", "name the Secret with --postgres-secret, or leave the field out");
        }
        if (choices.StorageSize is not null && !$"{storage.Path.TrimEnd('/')}/".StartsWith($"{ClusterNames.DataFolder}/", StringComparison.Ordinal))
        {
            return new Problem(
                null, "storage.path", $"is \"{storage.Path}\", but the volume of --storage is at {ClusterNames.DataFolder}, and rounds elsewhere go with the pod", "leave the field out");
        }
        return null;
    }

    private static int? LineOf(string text, string field)
    {
        var node = ManifestReader.Read(text).Documents.FirstOrDefault();
        ManifestField? found = null;
        foreach (var name in field.Split('.'))
        {
            found = (node as ManifestMap)?.Find(name);
            node = found?.Value;
        }
        return found?.Line;
    }
}
