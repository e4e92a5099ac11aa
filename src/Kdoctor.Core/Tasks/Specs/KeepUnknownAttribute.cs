namespace Kdoctor.Core.Tasks.Specs;

/// <summary>Fields that the record does not name are kept and not complained about: the type belongs to Kubernetes, which adds to it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KeepUnknownAttribute : Attribute;

/// <summary>The default is computed from other fields, so that no schema can hold it.</summary>
/// <param name="words">How it is computed, for readers of the field reference.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ComputedDefaultAttribute(string words) : Attribute
{
    /// <summary>How it is computed.</summary>
    public string Words { get; } = words;
}
