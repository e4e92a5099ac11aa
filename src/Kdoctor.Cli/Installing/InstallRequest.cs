namespace Kdoctor.Cli.Installing;

/// <summary>What <c>kdoctor install</c> was asked to do.</summary>
/// <param name="Choices">About the objects.</param>
/// <param name="SettingsFile">Where the controller's settings are; null for all defaults.</param>
/// <param name="Families">The families of the agents' Services.</param>
/// <param name="Wait">The longest wait until it is ready; zero for none.</param>
/// <param name="DryRun">How to print the objects; null to apply them.</param>
/// <param name="Kubeconfig">Which file names the cluster; null for kubectl's own choice.</param>
/// <param name="Context">Which context of it; null for the current one.</param>
internal sealed record InstallRequest(
    InstallChoices Choices, string? SettingsFile, IpFamilies Families, TimeSpan Wait, ObjectFormat? DryRun, string? Kubeconfig, string? Context);

/// <summary>How objects are printed.</summary>
internal enum ObjectFormat
{
    /// <summary>One document each.</summary>
    Yaml = 1,

    /// <summary>A List of them.</summary>
    Json = 2,
}
