using System.Collections.Immutable;
using Kdoctor.ApiServer.Security;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Admission;

/// <summary>
/// Whether whoever applies a task may read the Secrets and ConfigMaps that it names. Without this anybody who may make tasks could have kdoctor send any of
/// them to a server of their own.
/// </summary>
/// <param name="authorize">Who may do what, by the cluster's own roles.</param>
internal sealed class ReferenceQuestion(Authorization authorize)
{
    /// <summary>A problem for each object that the caller may not read.</summary>
    public async ValueTask<ImmutableArray<Problem>> AskAsync(TaskDefinition task, Caller caller, CancellationToken cancellation)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var reference in task.References)
        {
            var (plural, field) = reference.Kind == ObjectKind.Secret ? ("secrets", "spec.target.tlsSecretName") : ("configmaps", "spec.target.bodyConfigmapName");
            var asked = new AccessRequest(caller, "get", $"/api/v1/namespaces/{reference.Namespace}/{plural}/{reference.Name}")
            {
                Group = "",
                Version = "v1",
                Resource = plural,
                Namespace = reference.Namespace,
                Name = reference.Name,
            };
            if (await authorize(asked, cancellation).ConfigureAwait(false) is not null)
            {
                problems.Add(new Problem(
                    null, field, $"names {reference}, which \"{caller.Name}\" may not read", $"have somebody apply the task who may get {plural} in namespace {reference.Namespace}, or ask for that right"));
            }
        }
        return problems.ToImmutable();
    }
}
