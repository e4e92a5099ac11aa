using Kdoctor.Core.Settings;

namespace Kdoctor.Controller.Settings;

/// <summary>Reads the controller's settings.</summary>
public static class SettingsReader
{
    /// <summary>Reads a file's text.</summary>
    /// <returns>The settings, or every problem at once.</returns>
    public static SettingsReading<ControllerSettings> Read(string text) => SettingsFile.Read(text, new ControllerSettings(), SettingsJson.Default, SettingsRules.Problems);

    /// <summary>The reference of every setting, in Markdown.</summary>
    public static string Reference() =>
        "# Settings of the controller\n\n"
        + "Written from the settings' record; a test compares it. In a cluster they are `config.yaml` of the ConfigMap `kdoctor-config`, and are read at the controller's start. "
        + "A field that is left out has its default; a field that is unknown, of the wrong type or out of range keeps the controller from starting, and its log names every such field at once.\n"
        + SettingsReference.Write(new ControllerSettings(), SettingsJson.Default);
}
