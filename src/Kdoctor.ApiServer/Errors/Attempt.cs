using System.Diagnostics.CodeAnalysis;

namespace Kdoctor.ApiServer.Errors;

/// <summary>Either a value or the reason why there is none; expected failure travels as a value.</summary>
/// <typeparam name="T">What a success holds.</typeparam>
public readonly struct Attempt<T>
    where T : class
{
    private readonly T? value;
    private readonly ApiError? error;

    private Attempt(T? value, ApiError? error) => (this.value, this.error) = (value, error);

    /// <summary>The value; null after a failure.</summary>
    public T? Value => this.value;

    /// <summary>The failure; null after a success.</summary>
    public ApiError? Error => this.error;

    /// <summary>A success.</summary>
    public static implicit operator Attempt<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator Attempt<T>(ApiError error) => new(null, error);

    /// <summary>Whether there is a value; exactly one of the two is not null.</summary>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out ApiError? error)
    {
        (value, error) = (this.value, this.error);
        return value is not null;
    }
}
