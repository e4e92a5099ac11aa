namespace Kdoctor.ApiServer.Errors;

/// <summary>One field that a request got wrong, as <c>metav1.StatusCause</c>.</summary>
/// <param name="Field">Path of the field, for example <c>spec.request.qps</c>; empty for the object as a whole.</param>
/// <param name="Message">What is wrong, without the path.</param>
/// <param name="Reason">Machine-readable word, for example <c>FieldValueInvalid</c>.</param>
public sealed record FieldCause(string Field, string Message, string Reason = FieldCause.Invalid)
{
    /// <summary>The value breaks a rule.</summary>
    public const string Invalid = "FieldValueInvalid";

    /// <summary>A value must be given.</summary>
    public const string Required = "FieldValueRequired";

    /// <summary>The value is not one of a closed list.</summary>
    public const string NotSupported = "FieldValueNotSupported";

    /// <summary>The value may not be given here.</summary>
    public const string Forbidden = "FieldValueForbidden";

    /// <summary><c>field: message</c>, the form that is joined into an error's text.</summary>
    public string Text => Field.Length == 0 ? Message : $"{Field}: {Message}";
}
