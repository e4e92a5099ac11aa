namespace Kdoctor.Cli.Output;

/// <summary>The values of <c>-o</c>.</summary>
internal enum OutputFormat
{
    /// <summary>A screen for people.</summary>
    Human = 1,

    /// <summary>The document as JSON, indented.</summary>
    Json = 2,

    /// <summary>The document as YAML.</summary>
    Yaml = 3,
}
