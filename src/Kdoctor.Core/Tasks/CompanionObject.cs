using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;

namespace Kdoctor.Core.Tasks;

/// <summary>A Secret or ConfigMap that stands in a file beside the tasks that name it.</summary>
/// <param name="Reference">Which it is.</param>
/// <param name="Document">What is sent to the API server.</param>
public sealed record CompanionObject(ObjectReference Reference, JsonObject Document)
{
    /// <summary>The kind as paths of the API spell it.</summary>
    public string Plural => Reference.Kind == ObjectKind.Secret ? "secrets" : "configmaps";
}
