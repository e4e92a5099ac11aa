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
}
