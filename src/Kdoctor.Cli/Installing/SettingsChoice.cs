using Kdoctor.Cli.Validating;
using Kdoctor.Controller.Settings;

namespace Kdoctor.Cli.Installing;

/// <summary>Reads the file with the controller's settings, by the rules with which the controller will read it.</summary>
internal static class SettingsChoice
{
    /// <summary>Its text, or lines about all that is wrong with it.</summary>
    public static (string? Text, IReadOnlyList<string> Problems) Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, [$"{path}: {ManifestFiles.Reason(unreadable)}; check the path that --settings names, and its permissions"]);
        }
        var problems = SettingsReader.Read(text).Problems;
        return problems.IsEmpty ? (text, []) : (null, [.. problems.Select(problem => problem.InFile(path))]);
    }
}
