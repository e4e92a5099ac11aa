using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Security;

namespace Kdoctor.ApiServer.Resources;

/// <summary>What is about to happen to an object.</summary>
public enum AdmissionOperation
{
    /// <summary>A new object.</summary>
    Create,

    /// <summary>A changed object, by PUT or PATCH.</summary>
    Update,

    /// <summary>A deletion is asked for.</summary>
    Delete,
}

/// <summary>A write that an <see cref="Admission"/> may change or refuse. Writes of the status subresource are not asked about.</summary>
/// <param name="Operation">What is about to happen.</param>
/// <param name="New">The object to be stored, the callback's to change; null for a deletion.</param>
/// <param name="Old">The stored object; null for a creation.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="IsDryRun">Whether nothing will be stored: the callback must have no side effect.</param>
public sealed record AdmissionRequest(AdmissionOperation Operation, JsonObject? New, JsonObject? Old, Caller Caller, bool IsDryRun);

/// <summary>The answer to an <see cref="AdmissionRequest"/>.</summary>
public sealed record AdmissionResult
{
    private AdmissionResult()
    {
    }

    /// <summary>Why the write is refused, every problem at once; empty when it is allowed.</summary>
    public IReadOnlyList<FieldCause> Causes { get; private init; } = [];

    /// <summary>The object to store; null leaves it as it came.</summary>
    public JsonObject? Changed { get; private init; }

    /// <summary>Sentences for the user that do not stop the write; sent as Warning headers.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Lets the write pass.</summary>
    /// <param name="changed">The object to store instead; null leaves it as it came.</param>
    public static AdmissionResult Allow(JsonObject? changed = null) => new() { Changed = changed };

    /// <summary>Refuses the write with 422.</summary>
    /// <param name="causes">At least one.</param>
    public static AdmissionResult Deny(IReadOnlyList<FieldCause> causes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(causes.Count);
        return new() { Causes = causes };
    }
}

/// <summary>Defaults, changes or refuses a write before it is stored.</summary>
/// <param name="request">The write.</param>
/// <param name="cancellationToken">Ends with the request.</param>
public delegate ValueTask<AdmissionResult> Admission(AdmissionRequest request, CancellationToken cancellationToken);
