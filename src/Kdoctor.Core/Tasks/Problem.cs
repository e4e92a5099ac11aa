using System.Globalization;

namespace Kdoctor.Core.Tasks;

/// <summary>One thing that is wrong with a manifest, in words that a person can act on.</summary>
/// <param name="Line">1-based line in the file; null when the manifest did not come from text.</param>
/// <param name="Field">Path of the field, for example <c>spec.request.qps</c>; empty for the document as a whole.</param>
/// <param name="Message">What is wrong, with the value and the rule.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Problem(int? Line, string Field, string Message, string Remedy)
{
    /// <summary><c>problem; remedy</c>, the words that every surface uses.</summary>
    public string Text => $"{Message}; {Remedy}";

    /// <summary><c>FILE:LINE: field: problem; remedy</c>; without the line or the field where there is none.</summary>
    public string InFile(string file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file}{(Line is { } line ? $":{line}" : "")}: {InField}");

    /// <summary><c>field: problem; remedy</c>, the words for surfaces without files; without the field where there is none.</summary>
    public string InField => Field.Length == 0 ? Text : $"{Field}: {Text}";
}
