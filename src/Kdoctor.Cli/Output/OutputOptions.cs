using System.CommandLine;

namespace Kdoctor.Cli.Output;

/// <summary>Options that several commands share.</summary>
internal static class OutputOptions
{
    public static Option<OutputFormat> Format() => new("--output", "-o")
    {
        Description = "human for people; json or yaml for the KdoctorReport itself.",
        HelpName = "human|json|yaml",
        DefaultValueFactory = _ => OutputFormat.Human,
    };

    public static Option<string?> Kubeconfig(string description) => new("--kubeconfig") { Description = description, HelpName = "FILE" };

    public static Option<string?> Context() => new("--context") { Description = "The kubeconfig context to use.", HelpName = "NAME" };

    public static Option<bool> NoColor() => new("--no-color") { Description = "Symbols instead of colours, as with NO_COLOR set." };
}
